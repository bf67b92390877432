//! What is not text, and text that shows something else than it says.

use super::{Case, PROGRAM, Wanted};

/// Characters that reorder a line, hide in it, or speak to the terminal.
const FOOLING: &[char] = &[
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}', '\u{200e}', '\u{200f}', '\u{61c}', '\0', '\u{7}', '\u{8}', '\u{1b}', '\u{7f}',
    '\u{9b}',
];

pub fn cases() -> Vec<Case> {
    vec![
        Case::bytes("fooling/not UTF-8", Wanted::Errors, || {
            let bad: &[&[u8]] = &[
                b"\xff",
                b"\xc3",
                b"\xe2\x82",
                b"\xed\xa0\x80",
                b"\xf5\x80\x80\x80",
                b"\xc0\xaf",
            ];
            let places = (0..PROGRAM.len()).step_by(97);
            let program = PROGRAM.as_bytes();
            places
                .flat_map(|at| {
                    bad.iter()
                        .map(move |bad| [&program[..at], bad, &program[at..]].concat())
                })
                .collect()
        }),
        Case::bytes("fooling/other encodings", Wanted::Errors, || {
            let utf16: Vec<u8> = PROGRAM.encode_utf16().flat_map(u16::to_le_bytes).collect();
            vec![
                [b"\xff\xfe", utf16.as_slice()].concat(),
                utf16,
                vec![0; 1_000],
                (0..=255).collect(),
            ]
        }),
        Case::texts("fooling/in a comment", Wanted::Errors, || {
            texts("// pay ", " attention\n")
        }),
        Case::texts("fooling/in a text", Wanted::Errors, || {
            texts("const a: String = \"x", "y\"\n")
        }),
        Case::texts("fooling/in a name", Wanted::Errors, || {
            texts("const a", "b: Int = 1\n")
        }),
        Case::texts("fooling/between words", Wanted::Errors, || {
            texts("const a: Int =", " 1\n")
        }),
        Case::texts("fooling/between items", Wanted::Errors, || {
            texts("const a: Int = 1\n", "\nconst b: Int = 1\n")
        }),
        Case::texts("fooling/letters that look alike", Wanted::Errors, || {
            // A Greek omicron, a Cyrillic a, a full-width brace, a no-break space, a curly quote.
            [
                "c\u{3bf}nst a: Int = 1\n",
                "const \u{430}: Int = 1\n",
                "const a: Int = \u{ff5b}\n",
                "const\u{a0}a: Int = 1\n",
                "const a: String = \u{201c}x\u{201d}\n",
            ]
            .map(String::from)
            .into()
        }),
        Case::texts("fooling/other line breaks", Wanted::Anything, || {
            [
                "\r\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}",
            ]
            .map(|line_break| PROGRAM.replace('\n', line_break))
            .into()
        }),
    ]
}

fn texts(before: &str, after: &str) -> Vec<String> {
    FOOLING
        .iter()
        .map(|c| format!("{before}{c}{after}"))
        .collect()
}
