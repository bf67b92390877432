//! The entries of a runbook: diagnosis, remedies, steps, and what is said when all else fails.

use super::builder::Builder;
use super::free::Variable;
use super::tables::{Callable, Tables};
use crate::program::points::Body;
use crate::program::{Effect, FunctionIndex, MessageKind, Remedy};
use crate::text::Span;
use crate::typed::{self, Finding, LocalId, OtherwiseOf, RoleId, parameter_local};

impl Tables<'_> {
    pub(super) fn entries(&mut self) {
        let runbook = self.runbook;
        if let Some(body) = &runbook.diagnose {
            let code = self.entry("diagnose".to_owned(), body.block.span, |builder| {
                builder.block(&body.block);
                // Falling off the end means that nothing known fits.
                builder.effect(Effect::Novel(None));
            });
            self.program.entries.diagnose = Some(code);
        }
        if let Some(body) = &runbook.steps {
            let place = body.block.span.at_start();
            let code = self.acting_entry("steps".to_owned(), 0, body, place);
            self.program.entries.steps = Some(code);
        }
        for (index, finding) in runbook.findings.iter().enumerate() {
            let remedy = self.remedy(index, finding);
            self.program.entries.remedies.push(remedy);
        }
        self.program.entries.novel = Some(self.otherwise(OtherwiseOf::Novel));
        self.program.entries.inconclusive = Some(self.otherwise(OtherwiseOf::Inconclusive));
        self.program.entries.systemic = Some(self.otherwise(OtherwiseOf::Systemic));
    }

    fn remedy(&mut self, index: usize, finding: &Finding) -> Remedy {
        let mut remedies = self.runbook.remedies.iter();
        let remedy = remedies.find(|remedy| remedy.finding.is_some_and(|id| id.index() == index));
        let name = format!("remedy {}", finding.name);
        let function = match remedy {
            Some(remedy) => self.acting_entry(name, remedy.params, &remedy.body, remedy.name_span),
            // The checker refuses a finding without a remedy.
            None => self.entry(name, self.runbook.span, |_| {}),
        };
        Remedy {
            finding: finding.name.clone(),
            function,
            changes: remedy.is_some_and(|remedy| remedy.body.block.changes()),
        }
    }

    /// Code that takes the trigger's bindings.
    pub(super) fn entry(
        &mut self,
        name: String,
        place: Span,
        emit: impl FnOnce(&mut Builder<'_, '_>),
    ) -> FunctionIndex {
        let index = self.reserve();
        let mut builder = Builder::new(self, name, place);
        builder.trigger_parameters();
        emit(&mut builder);
        builder.end();
        builder.finish(index);
        index
    }

    /// Code that plans and acts.
    fn acting_entry(
        &mut self,
        name: String,
        params: u32,
        body: &typed::Body,
        place: Span,
    ) -> FunctionIndex {
        let what = &name.clone();
        self.entry(name, body.block.span, |builder| {
            for param in 0..params {
                builder.parameter(Variable::Local(LocalId(param)));
            }
            builder.remedy = true;
            builder.enter_body(place, Body::Remedy, what);
            builder.begin_plan();
            builder.block(&body.block);
        })
    }

    /// As the runbook says, or a page to whoever owns the product.
    fn otherwise(&mut self, of: OtherwiseOf) -> FunctionIndex {
        let runbook = self.runbook;
        let covers = |clause: &&typed::Otherwise| {
            clause.of == of || (clause.of == OtherwiseOf::Both && of != OtherwiseOf::Systemic)
        };
        // What says it exactly comes before what covers both.
        let exact = runbook.otherwise.iter().find(|clause| clause.of == of);
        let clause = exact.or_else(|| runbook.otherwise.iter().find(covers));
        let word = match of {
            OtherwiseOf::Novel | OtherwiseOf::Both => "novel",
            OtherwiseOf::Inconclusive => "inconclusive",
            OtherwiseOf::Systemic => "systemic",
        };
        let name = format!("otherwise {word}");
        match clause {
            Some(clause) => self.entry(name.clone(), clause.span, |builder| {
                builder.enter_body(clause.span, Body::Otherwise, &name);
                builder.block(&clause.body.block);
            }),
            None => self.entry(name, runbook.name_span, |builder| builder.page_owner()),
        }
    }

    /// The code of all callables that something calls.
    pub(super) fn callables(&mut self) {
        while let Some((callable, index)) = self.waiting.pop_front() {
            self.define_callable(callable, index);
        }
    }

    fn define_callable(&mut self, callable: Callable, index: FunctionIndex) {
        let Callable { function: id, live } = callable;
        self.counts = self.is_counted(callable);
        let Some(function) = self.package.functions.get(id.index()) else {
            return;
        };
        let captures = self.captures(id).to_vec();
        let name = match live {
            true => format!("{} live", function.name),
            false => function.name.to_string(),
        };
        let mut builder = Builder::new(self, name, function.span);
        builder.live = live;
        for binding in captures {
            builder.parameter(Variable::Trigger(binding));
        }
        for param in 0..function.params.len() {
            builder.parameter(Variable::Local(parameter_local(param)));
        }
        let what = format!("{} {}", function.kind.word(), function.name);
        builder.enter_body(function.span, Body::Callable, &what);
        builder.block(&function.body.block);
        builder.end();
        builder.finish(index);
        self.counts = true;
    }

    /// Who owns the product of the runbook.
    pub(super) fn owner(&self) -> Option<RoleId> {
        let product = self.package.products.get(self.runbook.product?.index())?;
        product.owner
    }
}

impl Builder<'_, '_> {
    /// What is said when the runbook leaves it to us.
    /// Without a text: the run has the author's words for what came of it, or says it in its own.
    fn page_owner(&mut self) {
        let owner: Vec<RoleId> = self.tables.owner().into_iter().collect();
        let roles = self.tables.role_list(&owner);
        self.effect(Effect::Tell {
            kind: MessageKind::Page,
            roles,
            text: None,
        });
    }
}
