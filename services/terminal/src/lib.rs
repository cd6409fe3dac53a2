//! What every command prints: lines in which nothing that others have written moves the cursor, changes colours, names or directions, or
//! hides.
//!
//! Whatever is shown may hold what strangers wrote: a bundle's texts, a register's rows, another service's refusal. A terminal obeys control
//! characters in it, and a reader is deceived by those that turn the direction of writing. All of them are written out as `\u001b`, which in
//! JSON means the same character as before.

use std::fmt::Arguments;
use std::io::{self, Write};

/// Prints a line to standard output.
#[macro_export]
macro_rules! print_line {
    ($($text:tt)*) => { $crate::to_output(::std::format_args!($($text)*)) };
}

/// Prints a line to standard error.
#[macro_export]
macro_rules! print_error {
    ($($text:tt)*) => { $crate::to_errors(::std::format_args!($($text)*)) };
}

/// Prints a line to standard output. A reader that has had enough, such as `head`, is no error.
pub fn to_output(line: Arguments<'_>) {
    let _ = writeln!(Escaped::new(io::stdout().lock()), "{line}");
}

/// Prints a line to standard error.
pub fn to_errors(line: Arguments<'_>) {
    let _ = writeln!(Escaped::new(io::stderr().lock()), "{line}");
}

/// Standard output for what is written in several pieces, such as JSON.
pub fn output() -> Escaped<io::StdoutLock<'static>> {
    Escaped::new(io::stdout().lock())
}

/// Writes UTF-8 on with everything escaped that a terminal would obey; what is no UTF-8 becomes U+FFFD.
#[derive(Debug)]
pub struct Escaped<W> {
    to: W,
    /// The beginning of a character whose end has not been written yet.
    begun: Vec<u8>,
}

impl<W: Write> Escaped<W> {
    /// Escapes what is written to `to`.
    pub fn new(to: W) -> Self {
        let begun = Vec::new();
        Self { to, begun }
    }

    fn write_text(&mut self, text: &str) -> io::Result<()> {
        let mut plain = 0;
        for (at, letter) in text.char_indices().filter(|(_, letter)| is_obeyed(*letter)) {
            self.to.write_all(&text.as_bytes()[plain..at])?;
            for unit in letter.encode_utf16(&mut [0; 2]) {
                write!(self.to, "\\u{unit:04x}")?;
            }
            plain = at + letter.len_utf8();
        }
        self.to.write_all(&text.as_bytes()[plain..])
    }
}

impl<W: Write> Write for Escaped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut waiting = std::mem::take(&mut self.begun);
        waiting.extend_from_slice(bytes);
        let mut chunks = waiting.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.write_text(chunk.valid())?;
            let broken = chunk.invalid();
            let may_go_on = chunks.peek().is_none() && is_beginning(broken);
            if may_go_on {
                self.begun = broken.to_vec();
            } else if !broken.is_empty() {
                self.write_text("\u{fffd}")?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Whether bytes may be the beginning of a character.
fn is_beginning(bytes: &[u8]) -> bool {
    !bytes.is_empty() && std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// Whether a terminal obeys a character, or a reader can't see what it does: controls but for new lines and tabs, directions, and what has
/// no width. None of them is beyond four hexadecimal digits.
fn is_obeyed(letter: char) -> bool {
    match letter {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' => true,
        // Seen as nothing, or as a space, and so good for two texts that look alike.
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' => true,
        '\u{3164}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}' => true,
        // C0, DEL and C1.
        _ => letter.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(pieces: &[&[u8]]) -> String {
        let mut to = Vec::new();
        let mut out = Escaped::new(&mut to);
        for piece in pieces {
            out.write_all(piece).expect("memory takes everything");
        }
        String::from_utf8(to).expect("what is written is text")
    }

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        let hostile = "\u{1b}[2J\u{1b}]0;name\u{7}\r\u{8}\u{7f}\u{9b}31m\u{85}\u{202e}\u{2066}\u{200f}\u{61c}\u{feff}\u{0}\u{ad}\u{3164}\u{e0041}";
        let text = escaped(&[hostile.as_bytes()]);
        assert!(text.chars().all(|letter| (' '..='~').contains(&letter)), "{text:?}");
        assert!(text.starts_with("\\u001b[2J\\u001b]0;name\\u0007\\u000d"), "{text}");
        let json = serde_free_string(hostile);
        assert!(!escaped(&[json.as_bytes()]).chars().any(is_obeyed));
    }

    /// A JSON string as serde writes it: below U+0020 escaped, the rest as it is.
    fn serde_free_string(text: &str) -> String {
        let letters = text.chars().map(|letter| match letter {
            letter if letter < ' ' => format!("\\u{:04x}", u32::from(letter)),
            letter => letter.to_string(),
        });
        format!("\"{}\"", letters.collect::<String>())
    }

    #[test]
    fn words_lines_and_tables_stay_as_they_are() {
        let text = "Räksmörgås – idé nr 7\n\tUddevalla 👩‍🔬\n";
        assert_eq!(escaped(&[text.as_bytes()]), text);
    }

    #[test]
    fn letters_that_come_in_pieces_are_put_together_and_broken_ones_are_shown_as_broken() {
        let word = "å\u{9b}ö".as_bytes();
        let pieces: Vec<&[u8]> = word.chunks(1).collect();
        assert_eq!(escaped(&pieces), "å\\u009bö");
        assert_eq!(escaped(&[b"a\xffb", b"\x9b", b"c"]), "a\u{fffd}b\u{fffd}c");
    }
}
