//! The registry of codes: one row a code. Numbers are explicit and never used again.
//!
//! A row needs its page in `explain/`, which needs an example that yields exactly this code
//! and a mended one that yields nothing; a test closes the circle.

use serde::{Deserialize, Serialize};

/// What a code means for the command that met it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// The file is refused.
    Error,
    /// The file is accepted; somebody should look.
    Warning,
    /// Told for information, never counted as a finding.
    Note,
    /// A test failed, or a run met it.
    Fault,
}

impl Kind {
    /// As users see it before the code: `error[E0301]`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Error => "error",
            Kind::Warning => "warning",
            Kind::Note => "note",
            Kind::Fault => "fault",
        }
    }
}

/// How much is understood of a program: a mistake hides those of later stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Whether it can be read.
    Text,
    /// Whether its names are known.
    Names,
    /// All else.
    Meaning,
}

macro_rules! codes {
    ($($code:ident $name:ident $kind:ident $title:literal)*) => {
        /// A stable code. The doc of each is its page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// Every code, in the order of the registry.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// As users see it: `E0301`.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => stringify!($code),)* }
            }

            /// The name in the source: `TypeMismatch`.
            pub fn name(self) -> &'static str {
                match self { $(Code::$name => stringify!($name),)* }
            }

            /// Error, warning, note or fault.
            pub fn kind(self) -> Kind {
                match self { $(Code::$name => Kind::$kind,)* }
            }

            /// How much is understood of a program that has it.
            pub fn stage(self) -> Stage {
                match self.as_str().get(..3) {
                    Some("E00" | "E01") => Stage::Text,
                    Some("E02") => Stage::Names,
                    Some(_) | None => Stage::Meaning,
                }
            }

            /// The name in the source in small letters: `type-mismatch`.
            pub fn kebab(self) -> String {
                let mut kebab = String::new();
                for letter in self.name().chars() {
                    if letter.is_ascii_uppercase() && !kebab.is_empty() {
                        kebab.push('-');
                    }
                    kebab.push(letter.to_ascii_lowercase());
                }
                kebab
            }

            /// Whether it is a finding of experience, whose level a package chooses and whose places it may allow.
            pub fn is_lint(self) -> bool {
                self.as_str().starts_with('L')
            }

            /// The lint of this name.
            pub fn lint(name: &str) -> Option<Code> {
                Code::lints().find(|code| code.kebab() == name)
            }

            /// Every lint, in the order of the registry.
            pub fn lints() -> impl Iterator<Item = Code> {
                Code::ALL.iter().copied().filter(|code| code.is_lint())
            }

            /// One line that says what it is about.
            pub fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// The page: what happened, why it matters, avoid, prefer, see also.
            pub fn page(self) -> &'static str {
                match self { $(Code::$name => include_str!(concat!("explain/", stringify!($code), ".md")),)* }
            }
        }
    };
}

codes! {
    // 00xx: files and packages
    E0001 NotUtf8             Error   "the file is not UTF-8 text"
    E0002 Unreadable          Error   "the file or folder cannot be read"
    E0003 NoSuchPath          Error   "there is no such file or folder"
    E0004 TooLarge            Error   "the file is too large"
    E0005 NoPackage           Error   "the folder is not a package"
    E0006 NotARunbookFile     Error   "the file is not a `.rbk` file"
    E0007 EmptyPackage        Error   "the package has no `.rbk` file"
    E0008 ManifestSyntax      Error   "the manifest is not TOML"
    E0009 ManifestKey         Error   "the manifest has a key that is not known"
    E0010 ManifestIncomplete  Error   "the manifest lacks a key"
    E0011 ManifestValue       Error   "the manifest has a value that cannot be"
    E0012 DependencyMissing   Error   "a package that this one depends on is missing"
    E0013 DependencyTampered  Error   "a package that this one depends on was changed"
    E0014 TwoSources          Error   "two sources of one name"
    E0015 DependencyCycle     Error   "packages that depend on each other in a circle"
    E0016 LockStale           Error   "the lock is not what `rbk lock` would write"
    E0017 LockUnreadable      Error   "the lock cannot be read"
    E0018 ChangedUnsaid       Error   "a runbook does something else under the same version"
    E0019 VersionTooSmall     Error   "the version says less than what changed"
    E0020 NotFormatted        Error   "the file is not formatted"
    E0021 VersionFell         Error   "the version is lower than the one before"
    E0022 NeedDenied          Error   "the agent is not granted what a runbook needs"
    E0023 AgentLacks          Error   "the agent lacks what a runbook needs"
    N0016 NoLock              Note    "the package has no lock"
    N0017 LockBehind          Note    "the lock is behind the package"
    N0018 ClusterRights       Note    "rights in a cluster that are not known, or too wide"

    // 01xx: syntax
    E0100 Syntax              Error   "this is not how it is written"
    E0101 UnbalancedBracket   Error   "a bracket has no partner"
    E0102 TooDeep             Error   "nested too deeply"
    E0103 UnclosedText        Error   "a string is not closed"
    E0104 ForeignCharacter    Error   "a character that the language does not use"
    E0105 HiddenCharacter     Error   "a hidden character"
    E0106 UnknownItem         Error   "no item begins with this word"
    E0107 StrayAtColumnZero   Error   "only items begin at column 0"
    E0110 ComesLater          Error   "a part of the language that comes later"
    E0111 BlankBeforeBracket  Error   "a blank before a bracket"
    E0112 WrongOperator       Error   "an operator of another language"
    E0113 Semicolon           Error   "a semicolon"
    E0114 SingleEquals        Error   "`=` where `==` is meant"
    E0115 BracesInExpression  Error   "braces in an expression"
    E0116 LineStart           Error   "a line begins in the middle of a statement"
    E0117 TwoStatements       Error   "two statements on a line"
    E0118 TagApart            Error   "a blank between a tag and its text"
    E0119 UnknownTag          Error   "an unknown tag before a text"
    E0120 ReservedName        Error   "a word of the language as a name"
    E0121 MixedAndOr          Error   "`and` and `or` without parentheses"
    E0122 ChainedComparison   Error   "a chained comparison"
    E0123 HoleNotPath         Error   "a hole that is not a path"
    E0124 BadEscape           Error   "an unknown escape"
    E0125 IfLet               Error   "`if let`"
    E0126 WaiverForm          Error   "a waiver in another form"
    E0127 UnknownFirstWord    Error   "no line here begins with this word"
    E0128 EmptyBraces         Error   "empty braces"
    E0129 NameCase            Error   "capital and small letters of names"
    E0130 ExpressionStatement Error   "an expression as a statement"
    E0131 Assignment          Error   "an assignment"
    E0132 MissingBlock        Error   "a block is missing"
    E0133 SingleQuotes        Error   "single quotes"
    E0134 BlockComment        Error   "a block comment"
    E0135 ResultColon         Error   "`:` before a result type"
    E0136 LetWithoutValue     Error   "`let` without a value"
    E0137 HoleNotAllowed      Error   "a hole in a fixed text"
    E0138 VersionForm         Error   "not a version"
    E0139 StrayDoc            Error   "documentation of nothing"
    E0140 NamedArgument       Error   "a named argument of a finding"
    E0141 StrayComprehension  Error   "`for` inside a call"
    E0142 TypeArguments       Error   "types in brackets"
    E0143 ParameterType       Error   "a parameter without a type"
    E0144 ExternOnly          Error   "a form for externs only"
    E0145 PickWithoutWhere    Error   "`pick` without a condition"
    E0146 LabelNeedsName      Error   "a label that cannot be a name"
    E0147 SaidTwice           Error   "given twice"
    E0148 UnknownWord         Error   "a word that means nothing here"

    // 02xx: names
    E0201 UnknownName          Error   "a name that is not known here"
    E0202 DuplicateName        Error   "declared twice"
    E0203 NameTaken            Error   "a name that is already in use"
    E0204 UnknownModule        Error   "no such module, and no such package"
    E0206 UnknownMember        Error   "no such member of a module"
    E0207 UnknownField         Error   "no such field"
    E0208 UnknownEnumMember    Error   "no such member of an enum"
    E0209 UnqualifiedMember    Error   "an enum member without its enum"
    E0210 ExternOutsideLibrary Error   "an extern outside of the library"
    E0211 WrongKindOfName      Error   "a name of another kind"
    E0212 UnknownZone          Error   "no such time zone"

    // 03xx: types
    E0301 TypeMismatch         Error   "a value of another type"
    E0303 MissingArgument      Error   "an argument is missing"
    E0304 ExtraArgument        Error   "an argument that nothing takes"
    E0305 NotCallable          Error   "something that cannot be called"
    E0306 CannotInfer          Error   "a type that is not known"
    E0307 NotConstant          Error   "a value that must be constant"
    E0308 BoundOutOfRange      Error   "a bound out of range"
    E0309 NotOptional          Error   "something that is always there"
    E0310 OperandMismatch      Error   "operands that do not meet"
    E0311 BindingMisplaced     Error   "a binding that nothing can see"
    E0312 ConstantFails        Error   "a computation that can only fail"
    E0313 Circular             Error   "something that depends on itself"
    E0314 AmountOutOfRange     Error   "an amount out of range"
    E0315 OnlyInTests          Error   "a form for tests only"
    E0316 ActionWithoutDo      Error   "a change without `do`"
    E0317 DoWithoutAction      Error   "a `do` of something that changes nothing"
    E0318 HandlerMisplaced     Error   "a handler that does not belong there"
    E0319 NoInverse            Error   "`with do` of something that nothing releases"
    E0320 SameKey              Error   "a key that a map has twice"
    E0321 BoundsWrong          Error   "bounds the wrong way round, or below zero"
    E0322 TwoBodies            Error   "a request with two bodies"

    // 04xx: effects and phases
    E0401 ChangeWhileObserving     Error   "a change where only observing is allowed"
    E0402 StatementNotHere         Error   "a statement that has no place in this block"
    E0403 ObservesWherePure        Error   "an observation where only computing is allowed"
    E0404 PlanAfterAct             Error   "a plan line after a change"
    E0405 ArgumentNotPlanned       Error   "an argument that the plan does not know"

    // 05xx: findings, paths and ends
    E0501 MissingRemedy            Error   "a finding without a remedy"
    E0502 RemedyWithoutFinding     Error   "a remedy that nothing leads to"
    E0503 FindingMismatch          Error   "a finding with other arguments"
    E0504 ReservedFinding          Error   "a finding that is built in"
    E0505 NotExhaustive            Error   "cases that are forgotten"
    E0506 UnreachableArm           Error   "an arm that is never taken"
    E0507 MissingClause            Error   "a clause is missing"
    E0508 ClauseConflict           Error   "clauses that do not go together"
    E0509 ProbeWithoutAnswer       Error   "a probe that may end without an answer"
    E0511 ChangeNotVerified        Error   "a change that nobody verified"
    E0512 NeitherVerifiedNorTold   Error   "a path with nothing verified and nobody told"
    E0513 Unreachable              Error   "a line that is never reached"
    E0514 VerifyWithoutObservation Error   "a verify that looks at nothing"
    E0515 VerifyNeverPolls         Error   "a verify whose times do not fit together"
    E0516 MitigatedUnverified      Error   "mitigated without a verify"
    E0517 ClearedAfterChange       Error   "cleared after a change"
    E0518 OtherwiseTellsNobody     Error   "an otherwise that tells nobody"
    E0519 AgainWithoutBound        Error   "else again without a bound"
    E0520 NoUndo                   Error   "a change without an undo"
    E0521 UndoMisplaced            Error   "an undo, a time or a retry that does not belong there"
    E0522 Irreversible             Error   "a change that can never be taken back"
    E0523 RetryUnsafe              Error   "a retry of what must not be repeated"
    E0524 WaiverWithoutReason      Error   "a waiver or a message that says nothing"
    E0525 VerifyProvesNothing      Error   "a verify that proves nothing"
    E0526 ClearedByAbsence         Error   "cleared for lack of anything"
    E0527 ConditionTooWide         Error   "a condition that tests too much at once"
    E0528 HeldOn                   Error   "something that is held and not given back"
    E0529 MitigatedInLoop          Error   "mitigated in a loop"
    E0530 MitigatedInWithDo        Error   "mitigated in a with do"
    E0531 WaiverOfEarlierChange    Error   "a waiver of what an earlier attempt changed"
    E0532 NoIncidentKey            Error   "an event without a key"
    E0533 HidesName                Error   "a name that hides another one"
    E0534 UndoTakesNothingBack     Error   "an undo that takes nothing back"
    E0535 UndoLooks                Error   "an undo that looks for what to do"

    // 06xx: blast and termination
    E0601 Recursion                Error   "something that calls itself"
    E0602 NoBlast                  Error   "a change without a bound"
    E0603 BlastTooSmall            Error   "more targets than the blast allows"
    E0604 BlastLineMissing         Error   "a touched type that the blast does not bound"
    E0605 UnboundedLoop            Error   "a loop without a bound"
    E0606 NeverFits                Error   "a rate that one incident cannot keep"
    E0607 UndoTouchesMore          Error   "an undo that touches another target"
    E0608 ChangesUndeclared        Error   "an action that changes more than it says"
    E0609 NoFailureDomain          Error   "a failure domain that the target does not lie in"
    E0611 NeverInWindow            Error   "a part that no window is long enough for"
    E0612 RunsTooLong              Error   "a run of more than a week, or of more than 10,000 changes"
    E0613 EndsTooLate              Error   "a run that may take longer than its runbook says"

    // 07xx: taint, secrets, ownership, empties
    E0701 ToldAtSink               Error   "words from outside where only the author's own may stand"
    E0702 Uncorroborated           Error   "a finding that rests on words alone"
    E0703 OwnsNothing              Error   "a target picked by words, and nothing is owned"
    E0706 MadeUpValue              Error   "a value made up for what could not be observed"
    E0707 EmptyName                Error   "an empty name"
    E0711 SecretEscapes            Error   "a secret where it may not go"
    E0712 TargetFromOutside        Error   "a target or a query that comes from outside"
    E0715 ClearedOnFailure         Error   "an observation that failed taken for the all-clear"
    E0716 FailureAsAbsence         Error   "a failed observation taken for absence"
    E0717 FreeTextMisplaced        Error   "free text where it does not fit"
    E0718 ObservedElsewhere        Error   "a change by an observation of something else"

    // 08xx: literals
    E0801 RegexInvalid        Error   "the regular expression is not valid"
    E0802 RegexTooLarge       Error   "the regular expression is too large"
    E0803 UrlInvalid          Error   "the URL is not valid"
    E0804 PromqlInvalid       Error   "the PromQL query is not valid"
    E0805 PromqlTypes         Error   "the parts of a PromQL query do not fit together"
    E0806 CronInvalid         Error   "the schedule is not valid"
    E0807 CronNever           Error   "the schedule never comes"
    E0808 HoleMisplaced       Error   "a hole stands where the literal takes none"
    E0809 HoleType            Error   "the value does not fit the hole"
    E0810 NumberInvalid       Error   "the number is not valid"
    E0811 TimeInvalid         Error   "the moment is not valid"
    E0812 EmptyWindow         Error   "a window with no time in it"
    E0813 FloatDigits         Error   "a Float of more digits than it holds"
    E0814 PromqlNotServed     Error   "a PromQL query that the server does not take"

    // 09xx: tests, before they run
    E0901 UnknownExpectation       Error   "an expectation of something that does not exist"
    E0902 NotObservable            Error   "a given for something that is not observed"
    E0903 TriggerMismatch          Error   "a given trigger that does not set the runbook off"
    E0904 NoIdentity               Error   "a target that is not named"

    E0905 NothingExpected          Error   "a test that expects nothing"
    E0906 TestTitleTwice           Error   "two tests of one title"
    E0907 FieldOutOfRange          Error   "a test that shows what is never seen"
    E0908 OtherIdentity            Error   "a lookup that yields something else"
    E0909 CasesDiffer              Error   "cases that do not give the same names"

    // C11xx: the settings of the agent
    C1101 SettingsSyntax       Error   "the settings are not TOML"
    C1102 SettingsKey          Error   "the settings have a key that is not known"
    C1103 SettingsValue        Error   "the settings have a value that cannot be"
    C1104 SettingsIncomplete   Error   "the settings lack a key"
    C1105 SettingsSecret       Error   "a secret that is not a reference"
    C1106 GrantUnknown         Error   "a grant of something that nothing needs"
    C1107 ListenWithoutCallers Error   "others can reach the agent, and anybody may call"
    C1108 GrantForm            Error   "a grant in another form"
    C1109 GrantPattern         Error   "a pattern that cannot be granted"
    C1110 ContactWays          Error   "a contact that is not reached in exactly one way"

    // R1xxx: faults of runs
    R1001 RunInconclusive          Fault   "something that the run needed could not be read"
    R1002 RunNotOwned              Fault   "the run would have changed what the product does not own"
    R1003 RunGuardFalse            Fault   "a guard was false"
    R1004 RunOverBound             Fault   "the run would have touched more than it may"
    R1005 RunNotApplied            Fault   "a change was not applied"
    R1006 RunOutcomeUnknown        Fault   "nobody knows whether a change took effect"
    R1007 RunNotVerified           Fault   "a verify did not pass"
    R1008 RunUndoFailed            Fault   "a change could not be taken back"
    R1009 RunLimit                 Fault   "a limit of the machine was reached"
    R1010 RunNothingToActOn        Fault   "there was nothing to act on"
    R1011 RunPlanExpired           Fault   "the plan got too old before it began"
    R1014 RunBroke                 Fault   "a change failed after it had begun"
    R1015 RunHeldOn                Fault   "something is still held"
    R1016 RunWindow                Fault   "no window for a change opens in time"

    // A12xx: faults of the agent
    A1201 NotGranted           Fault   "the agent is not granted this"
    A1202 NoConnector          Fault   "no connector offers this"
    A1203 StoreFailed          Fault   "the store failed"
    A1204 StoreTaken           Fault   "another agent has the store"
    A1205 SecretMissing        Fault   "a secret is not where it should be"
    A1206 AlertMalformed       Fault   "an alert cannot be read"
    A1207 AlertTooLarge        Fault   "an alert is too large"
    A1208 NoRunbook            Fault   "no runbook takes this alert or event"
    A1209 EventMalformed       Fault   "an event cannot be read"
    A1210 NotDelivered         Fault   "a message could not be delivered"
    A1211 PackageRefused       Fault   "the package cannot be loaded; the last good one goes on"
    A1212 ConditionFailed      Fault   "a `where` could not be evaluated"
    A1213 StoreReadOnly        Fault   "the store cannot be written"
    A1214 StoreFull            Fault   "there is no room left for the store"
    A1215 StoreCorrupt         Fault   "the store is damaged"
    A1216 StoreNewer           Fault   "the store was written by a newer version"
    A1217 StoreSuperseded      Fault   "another agent has taken over the store"
    A1218 RunUnreadable        Fault   "a stored run cannot be read"
    A1219 NotHere              Fault   "programs of this host do not run here"
    A1220 UnknownCaller        Fault   "nobody knows who calls"
    A1221 RequestRefused       Fault   "a request was refused"
    A1222 KeyEmpty             Fault   "an event has an empty key"
    A1223 DueMissed            Fault   "a due time of a schedule was missed"
    A1230 CallerMayNot         Fault   "a caller may not do this"
    A1231 OtherHost            Fault   "a call was meant for another host"
    A1232 OtherOrigin          Fault   "a page of another origin called"

    // T1xxx: failures of tests
    T1001 ExpectationNotMet        Fault   "an expectation was not met"
    T1002 ObservationNotGiven      Fault   "the test does not say what the run sees"
    T1003 FieldNotGiven            Fault   "the test does not say what a field is"
    T1004 TargetNotIdentified      Fault   "the test does not say which target it gives"
    T1005 VerifiesWithoutChange    Fault   "the test passes even if the change does nothing"

    // Lxxxx: lints
    L0201 UnusedLet              Warning "a value that nobody reads"
    L0202 UnusedUse              Warning "something brought in that nobody uses"
    L0203 ShortChain             Warning "a chain with one link"
    L0204 UnusedItem             Warning "an item that nothing uses"
    L0205 UnusedWatch            Warning "a watch that nothing asks"
    L0206 UnusedLabel            Note    "a label that nothing reads"
    L0207 UnreadEventField       Warning "a field of an event that has to be there and that nothing reads"
    L0208 UnusedParameter        Warning "a parameter that nothing reads"
    L0209 TwinRemedies           Note    "two remedies that do the same"
    L0301 ConstantCondition      Warning "a condition that never turns out otherwise"
    L0302 ShadowedFinding        Warning "a finding that an earlier test takes every case from"
    L0303 FloatEquality          Warning "two measured numbers asked to be equal"
    L0304 UnitByName             Warning "a bare number for a metric with a unit"
    L0305 ScaledRatio            Warning "a ratio that is a percentage already"
    L0306 RepeatedNumber         Note    "one number in three conditions"
    L0307 RepeatedCondition      Warning "a condition that asks the same twice"
    L0308 SwappedArguments       Warning "two arguments that may be exchanged"
    L0401 ContendingRunbooks     Warning "two runbooks that change the same for one alert"
    L0402 NeverMatchingTrigger   Warning "a trigger that no alert meets"
    L0403 ShadowedTrigger        Warning "a trigger that another one implies"
    L0404 KeyMissesTarget        Warning "a key that does not say which target is changed"
    L0405 IdleKey                Note    "a label of the key that nothing else reads"
    L0406 UnknownAlert           Warning "an alert that no rule raises"
    L0407 LabelNeverSet          Warning "a label that no rule of the alert gives"
    L0408 LabelNeverEqual        Warning "a label that the rule sets to something else"
    L0409 UnheldAlert            Warning "a change on the first look at a condition"
    L0410 SelfAlertingRemedy     Warning "a remedy that raises its own alert"
    L0411 ScheduleInGap          Warning "a time that a change of the clock leaves out"
    L0412 OverlappingSchedule    Warning "a schedule that comes again too soon"
    L0413 OpenRequest            Warning "a change that anybody may ask for"
    L0501 AgainUnused            Warning "a clause again that has no effect"
    L0502 CircularProof          Note    "a verify that asks only what the alert asks"
    L0503 VerifyOutrunsRange     Warning "a verify that is over before its query sees the change"
    L0504 OneLookVerify          Note    "a verify that believes the first good look"
    L0505 EndlessRepair          Warning "a repair that nothing bounds in time"
    L0506 RemedyNeverActs        Warning "a remedy that can never act"
    L0507 UnguardedAmount        Note    "an amount reckoned from an unbounded measurement"
    L0508 SilentForLong          Warning "a grave run of which nobody hears for long"
    L0509 CatchAllFinding        Note    "a finding for whatever is left"
    L0510 UnreachableOtherwise   Note    "a clause otherwise for what cannot happen"
    L0511 IdleClause             Note    "a clause about changes where there are none"
    L0601 BlastLineUnused        Warning "a line of the blast that bounds nothing"
    L0602 SlackBlast             Warning "a limit far above what can happen"
    L0603 EndedWindow            Warning "a window that is over"
    L0604 RawWhereTyped          Warning "a command where the library has an action"
    L0605 TightWindow            Note    "a part that takes up much of its window"
    L0701 PageWithoutEvidence    Warning "a page that says nothing about what was seen"
    L0702 ToldTitle              Warning "a page that says nothing of its own"
    L0703 PlaceholderText        Warning "a text that is still to be written"
    L0704 ForeignTemplate        Warning "a text filled the way of another language"
    L0705 UnratedRunbook         Warning "a change without a severity"
    L0706 TellAfterTheEnd        Warning "a message after the end of the run"
    L0707 SinglePerson           Warning "one person with nobody behind"
    L0708 LongDebt               Note    "a debt that is due too late"
    L0801 CronEitherDay          Warning "the schedule comes when either day field matches"
    L0802 FleetWideQuery         Warning "a query about all that decides on one"
    L0803 RateOfGauge            Note    "a rate of what does not look like a counter"
    L0804 RawCounter             Warning "a counter compared as it stands"
    L0805 ShortRate              Warning "a rate over too short a range"
    L0806 RateOfSum              Warning "a rate of a sum"
    L0807 ImpossibleMatch        Warning "two sides of a query that never meet"
    L0808 ManySeries             Note    "a query that may answer more than one series"
    L0809 RegexForText           Warning "a regular expression that is a plain text"
    L0810 IdleRatio              Note    "a share that is not a number without traffic"
    L0811 ZeroForMissing         Warning "a number made up for missing data"
    L0812 UnknownMetric          Warning "a metric that does not exist"
    L0813 UnknownSeriesLabel     Warning "a label that the metric never has"
    L0901 UntestedFinding        Warning "a finding that no test reaches"
    L0902 UntestedFailure        Warning "a remedy that no test sees fail"
    L0903 UntestedUndo           Note    "an undo that no test runs"
    L0904 UntestedDoubt          Note    "a runbook that no test leaves in doubt"
    L0905 IdleGiven              Warning "something that no test asks for or notices"
    L1001 UnusedGrant            Warning "a grant that no runbook needs"
    L1002 WideGrant              Warning "a grant of more than any runbook needs"
    L1003 FloatingDependency     Warning "a dependency on a branch"
    L1004 UnusedDependency       Warning "a dependency that nothing uses"
    L1005 MissingProgram         Warning "a program of the settings that cannot be started here"
    L1101 DeepNesting            Note    "blocks nested too deeply"
    L1102 LongLine               Note    "a line wider than a window"
    L1103 MissingDoc             Note    "an item without documentation"
    L1201 UnneededAllow          Warning "a comment that allows what is not there"
    L1202 AllowWithoutReason     Warning "a comment that allows something and says no reason"
    L1203 UnknownAllow           Warning "a comment that allows what is not a lint"

    // N0xxx: notes
    N0301 AllOfFiltered       Note    "`all` over what a filter leaves"
}
