use super::{FieldProblem, Plaintext, Problem, Word};
use crate::pb::command as pb;
use crate::status;
use idesluss_domain::words::{Actor, CommandId, is_unseen_in_prose};
use std::ops::RangeInclusive;
use tonic::Status;
use zeroize::Zeroizing;

/// How many problems are told at once. An answer has room for so many, and nobody reads more.
pub const MOST_PROBLEMS: usize = 32;

/// Reads the fields of a request, and gathers what is wrong with them, so that people hear all of it at once.
#[derive(Debug, Default)]
pub struct Reader {
    /// Where in the request it reads, with the point behind it.
    within: String,
    problems: Vec<FieldProblem>,
}

impl Reader {
    /// Notes that `field` is wrong, unless enough is wrong already.
    pub fn problem(&mut self, field: &str, problem: Problem) {
        if self.problems.len() >= MOST_PROBLEMS {
            return;
        }
        let field = format!("{}{field}", self.within);
        self.problems.push(FieldProblem { field, problem });
    }

    /// What is wrong.
    pub fn into_problems(self) -> Vec<FieldProblem> {
        self.problems
    }

    /// Ends the reading: `value` if nothing was wrong, else INVALID_ARGUMENT with every field.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Status> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(status::invalid(&self.problems)),
        }
    }

    /// A word in a form of its own; spaces around it are no part of it.
    pub fn word<W: Word>(&mut self, field: &str, text: &str) -> Option<W> {
        match text.trim() {
            "" => {
                self.problem(field, Problem::Missing);
                None
            }
            text => self.note(field, text.parse().map_err(W::problem)),
        }
    }

    /// The same, or nothing.
    pub fn word_if_any<W: Word>(&mut self, field: &str, text: &str) -> Option<Option<W>> {
        if text.chars().all(is_blank) {
            return Some(None);
        }
        self.word(field, text).map(Some)
    }

    /// Several words.
    pub fn words<W: Word>(&mut self, field: &str, texts: &[String], count: RangeInclusive<usize>) -> Option<Vec<W>> {
        self.all(field, texts, count, |field, text, reader| reader.word(field, text))
    }

    /// A text that will be sealed, of so many characters.
    pub fn text(&mut self, field: &str, text: String, lengths: RangeInclusive<usize>) -> Option<Plaintext> {
        let text = Plaintext(trimmed(Zeroizing::new(text)));
        let checked = check(&text, &lengths);
        self.note(field, checked.map(|()| text))
    }

    /// The same, or nothing.
    pub fn text_if_any(&mut self, field: &str, text: String, most: usize) -> Option<Option<Plaintext>> {
        let text = Zeroizing::new(text);
        if text.chars().all(is_blank) {
            return Some(None);
        }
        let text = Plaintext(trimmed(text));
        let checked = check(&text, &(1..=most));
        self.note(field, checked.map(|()| Some(text)))
    }

    /// A text that is written openly.
    pub fn open_text(&mut self, field: &str, text: String, lengths: RangeInclusive<usize>) -> Option<String> {
        let text = text.trim_matches(is_blank);
        let checked = check(text, &lengths);
        self.note(field, checked.map(|()| text.to_owned()))
    }

    /// Several of them, each of `most` characters.
    pub fn open_texts(
        &mut self,
        field: &str,
        texts: Vec<String>,
        count: RangeInclusive<usize>,
        most: usize,
    ) -> Option<Vec<String>> {
        self.all(field, texts, count, |field, text, reader| {
            reader.open_text(field, text, 1..=most)
        })
    }

    /// One of several; `C` is the contract's word for it.
    pub fn choice<C: TryFrom<i32> + Default + PartialEq, W: TryFrom<C>>(
        &mut self,
        field: &str,
        number: i32,
    ) -> Option<W> {
        let stated = C::try_from(number).ok().filter(|choice| *choice != C::default());
        let word = stated.and_then(|choice| W::try_from(choice).ok());
        self.note(field, word.ok_or(Problem::NotAChoice))
    }

    /// The same, or nothing.
    pub fn choice_if_any<C: TryFrom<i32> + Default + PartialEq, W: TryFrom<C>>(
        &mut self,
        field: &str,
        number: i32,
    ) -> Option<Option<W>> {
        if number == 0 {
            return Some(None);
        }
        self.choice::<C, W>(field, number).map(Some)
    }

    /// Several of several.
    pub fn choices<C: TryFrom<i32> + Default + PartialEq, W: TryFrom<C>>(
        &mut self,
        field: &str,
        numbers: &[i32],
        count: RangeInclusive<usize>,
    ) -> Option<Vec<W>> {
        self.all(field, numbers, count, |_, number, reader| {
            reader.choice::<C, W>(field, *number)
        })
    }

    /// A yes by which something is confirmed.
    pub fn confirmed(&mut self, field: &str, confirmed: bool) -> Option<bool> {
        self.note(field, confirmed.then_some(true).ok_or(Problem::Unconfirmed))
    }

    /// A number.
    pub fn number<N: Copy + PartialOrd + Into<u64>>(
        &mut self,
        field: &str,
        number: N,
        range: RangeInclusive<N>,
    ) -> Option<N> {
        let (min, max) = ((*range.start()).into(), (*range.end()).into());
        let fits = range.contains(&number).then_some(number);
        self.note(field, fits.ok_or(Problem::OutOfRange { min, max }))
    }

    /// Something that consists of fields itself.
    pub fn part<M, P>(&mut self, field: &str, part: Option<M>, read: impl Fn(M, &mut Self) -> Option<P>) -> Option<P> {
        match part {
            Some(part) => self.within(field, |reader| read(part, reader)),
            None => {
                self.problem(field, Problem::Missing);
                None
            }
        }
    }

    /// Several of them.
    pub fn parts<M, P>(
        &mut self,
        field: &str,
        parts: Vec<M>,
        count: RangeInclusive<usize>,
        read: impl Fn(M, &mut Self) -> Option<P>,
    ) -> Option<Vec<P>> {
        self.all(field, parts, count, |field, part, reader| {
            reader.within(field, |reader| read(part, reader))
        })
    }

    /// A command's id.
    pub fn command_id(&mut self, command: Option<&pb::Command>) -> Option<CommandId> {
        self.part("command", command, |command, reader| {
            reader.word("command_id", &command.command_id)
        })
    }

    /// Who acts.
    pub fn actor(&mut self, field: &str, actor: Option<&pb::Actor>) -> Option<Actor> {
        self.part(field, actor, |actor, reader| {
            let person = reader.word("person", &actor.person);
            let organisation = reader.word("organisation", &actor.organisation);
            let role = reader.choice::<pb::Role, _>("role", actor.role);
            Some(Actor {
                person: person?,
                organisation: organisation?,
                role: role?,
            })
        })
    }

    fn within<T>(&mut self, field: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.within.len();
        self.within.push_str(field);
        self.within.push('.');
        let read = read(self);
        self.within.truncate(before);
        read
    }

    /// Reads each of several; none of them where there are too many.
    fn all<I: IntoIterator<IntoIter: ExactSizeIterator>, P>(
        &mut self,
        field: &str,
        values: I,
        count: RangeInclusive<usize>,
        read: impl Fn(&str, I::Item, &mut Self) -> Option<P>,
    ) -> Option<Vec<P>> {
        let (values, min, max) = (values.into_iter(), *count.start(), *count.end());
        let fits = count.contains(&values.len());
        if !fits {
            self.problem(field, Problem::WrongCount { min, max });
        }
        if values.len() > max {
            return None;
        }
        let mut all = Some(Vec::with_capacity(values.len()));
        for (number, value) in values.enumerate() {
            let value = read(&format!("{field}[{number}]"), value, self);
            all = all.zip(value).map(|(mut all, value)| {
                all.push(value);
                all
            });
        }
        all.filter(|_| fits)
    }

    fn note<T>(&mut self, field: &str, read: Result<T, Problem>) -> Option<T> {
        read.map_err(|problem| self.problem(field, problem)).ok()
    }
}

/// The largest number that every reader of JSON reads as it stands: what is written is there to be read by programs that are not ours.
pub const LARGEST: u64 = (1 << 53) - 1;

/// Without the spaces around it, in place: no copy is left behind. What nobody sees is as good as a space there, so a text of nothing else is none.
fn trimmed(mut text: Zeroizing<String>) -> Zeroizing<String> {
    let end = text.trim_end_matches(is_blank).len();
    text.truncate(end);
    let begin = text.len() - text.trim_start_matches(is_blank).len();
    text.drain(..begin);
    text
}

/// Whether a letter leaves nothing on the page: white space, what Unicode calls default ignorable, and blanks that look like spaces.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(
            letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
                | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// A text of so many characters at the most is one line: a name with a break in it would look like something else wherever it is listed.
pub const ONE_LINE: usize = 254;

/// What is wrong with a text's length or letters.
fn check(text: &str, lengths: &RangeInclusive<usize>) -> Result<(), Problem> {
    let (min, max, found) = (*lengths.start(), *lengths.end(), text.chars().count());
    if found == 0 && min > 0 {
        return Err(Problem::Missing);
    }
    if found < min {
        return Err(Problem::TooShort { min });
    }
    if found > max {
        return Err(Problem::TooLong { max, found });
    }
    if text.contains(is_unseen_in_prose) {
        return Err(Problem::ControlCharacters);
    }
    if max <= ONE_LINE && text.contains(['\n', '\r', '\u{2028}', '\u{2029}']) {
        return Err(Problem::LineBreaks);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::Refusal;
    use idesluss_domain::words::{Gate, IdeaId};

    fn problems(read: impl FnOnce(&mut Reader)) -> Vec<(String, String)> {
        let mut reader = Reader::default();
        read(&mut reader);
        let status = reader.finish(None::<()>).expect_err("nothing to finish with");
        let refusal = Refusal::from(&status);
        refusal
            .fields
            .into_iter()
            .map(|field| (field.field, field.code))
            .collect()
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_with_the_place_where_it_is() {
        let found = problems(|reader| {
            assert_eq!(reader.word::<IdeaId>("idea", "x"), None);
            assert_eq!(reader.choice::<crate::pb::evaluation::Gate, Gate>("gate", 77), None);
            let read = |text: String, reader: &mut Reader| reader.text("reasons", text, 2..=3);
            let parts = vec!["  ok ".to_owned(), "x".to_owned(), String::new(), "long".to_owned()];
            assert_eq!(reader.parts("dissent", parts, 5..=9, read), None);
        });
        let expected = [
            ("idea", "NOT_AN_ID"),
            ("gate", "NOT_A_CHOICE"),
            ("dissent", "WRONG_COUNT"),
            ("dissent[1].reasons", "TOO_SHORT"),
            ("dissent[2].reasons", "MISSING"),
            ("dissent[3].reasons", "TOO_LONG"),
        ];
        let expected = expected.map(|(field, code)| (field.to_owned(), code.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn too_many_are_not_read_and_no_more_is_told_than_somebody_reads() {
        let many = |number| vec![String::new(); number];
        let refused = problems(|reader| {
            assert_eq!(reader.words::<IdeaId>("similar", &many(1_000_000), 1..=20), None);
            assert_eq!(reader.open_texts("steps", many(1_000_000), 1..=5, 80), None);
        });
        let too_many = [("similar", "WRONG_COUNT"), ("steps", "WRONG_COUNT")];
        assert_eq!(
            refused,
            too_many.map(|(field, code)| (field.to_owned(), code.to_owned()))
        );
        let refused = problems(|reader| {
            assert_eq!(reader.words::<IdeaId>("similar", &many(1_000), 1..=1_000), None);
        });
        assert_eq!(refused.len(), MOST_PROBLEMS);
        assert_eq!(refused[31], ("similar[31]".to_owned(), "MISSING".to_owned()));
    }

    #[test]
    fn what_is_to_be_confirmed_is_refused_until_it_is() {
        let found = problems(|reader| {
            assert_eq!(reader.confirmed("consented", true), Some(true));
            assert_eq!(reader.confirmed("cleared", false), None);
        });
        assert_eq!(found, [("cleared".to_owned(), "UNCONFIRMED".to_owned())]);
    }

    #[test]
    fn a_text_is_kept_without_the_spaces_around_it() {
        let mut reader = Reader::default();
        let text = reader.text("title", "  \n två ord\t ".to_owned(), 1..=7);
        assert_eq!(text.as_deref(), Some("två ord"));
        assert_eq!(reader.text_if_any("reason", " \n".to_owned(), 5), Some(None));
        let unseen = "\u{200b}\u{2060} \u{feff}\u{3164}\u{e0041}".to_owned();
        assert_eq!(reader.text_if_any("reason", unseen, 5), Some(None));
        assert!(reader.finish(Some(())).is_ok());
    }

    #[test]
    fn control_characters_are_refused_and_line_breaks_are_not() {
        let found = problems(|reader| {
            reader.text("good", "one\ntwo\tthree\r\n".to_owned(), 1..=ONE_LINE + 1);
            reader.text("name", "one\ntwo".to_owned(), 1..=ONE_LINE);
            reader.text("bad", "one\u{1b}[2J".to_owned(), 1..=99);
            reader.text("turned", "one\u{202e}owt".to_owned(), 1..=99);
        });
        let control = |field: &str| (field.to_owned(), "CONTROL_CHARACTERS".to_owned());
        let line = ("name".to_owned(), "LINE_BREAKS".to_owned());
        assert_eq!(found, [line, control("bad"), control("turned")]);
    }

    #[test]
    fn a_number_that_others_would_not_read_as_it_is_is_refused() {
        let found = problems(|reader| {
            assert_eq!(reader.number("cost", LARGEST, 0..=LARGEST), Some(LARGEST));
            reader.number("more", LARGEST + 1, 0..=LARGEST);
        });
        assert_eq!(found, [("more".to_owned(), "OUT_OF_RANGE".to_owned())]);
    }
}
