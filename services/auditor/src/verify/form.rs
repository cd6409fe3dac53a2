//! Whether a line is written exactly as lines are: members in their order, nothing between them.

/// The members of an event before `data`, each with what its value is.
const EVENT: [(&[u8], Value); 20] = [
    (b"\"specversion\":", Value::Text),
    (b",\"id\":", Value::Text),
    (b",\"source\":", Value::Text),
    (b",\"type\":", Value::Text),
    (b",\"subject\":", Value::Text),
    (b",\"time\":", Value::Text),
    (b",\"datacontenttype\":", Value::Text),
    (b",\"sequence\":", Value::Text),
    (b",\"epoch\":", Value::Number),
    (b",\"streamversion\":", Value::Number),
    (b",\"organisation\":", Value::Text),
    (b",\"actor\":", Value::Text),
    (b",\"role\":", Value::Text),
    (b",\"grant\":", Value::Maybe),
    (b",\"assertion\":", Value::Maybe),
    (b",\"mandate\":", Value::Maybe),
    (b",\"commandid\":", Value::Text),
    (b",\"correlationid\":", Value::Text),
    (b",\"causationid\":", Value::Maybe),
    (b",\"traceparent\":", Value::Maybe),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Text,
    Number,
    /// A text that may be left out with its name.
    Maybe,
}

/// Whether the members of a line that was understood stand in the form's order with nothing between them.
///
/// `data` is read by its type; here it only has to be an object that ends the event.
pub(super) fn is_exact(line: &[u8]) -> bool {
    walk(line).is_some()
}

fn walk(line: &[u8]) -> Option<()> {
    let rest = recorded(line.strip_prefix(b"{")?)?;
    if let Some(refused) = rest.strip_prefix(b",\"refused\":{\"source\":") {
        let rest = text(refused)?.strip_prefix(b",\"epoch\":")?;
        let rest = number(rest)?.strip_prefix(b",\"sequence\":")?;
        let rest = text(number(rest)?.strip_prefix(b",\"reason\":")?)?;
        return (rest == b"}}").then_some(());
    }
    let rest = match rest.strip_prefix(b",\"from\":{") {
        Some(from) => recorded(from)?.strip_prefix(b"}")?,
        None => rest,
    };
    let mut rest = rest.strip_prefix(b",\"event\":{")?;
    for (name, value) in EVENT {
        let Some(after) = rest.strip_prefix(name) else {
            if value == Value::Maybe {
                continue;
            }
            return None;
        };
        rest = if value == Value::Number {
            number(after)?
        } else {
            text(after)?
        };
    }
    let data = rest.strip_prefix(b",\"data\":{")?;
    // The line was understood, so that its last two braces are the event's and its own.
    data.ends_with(b"}}}").then_some(())
}

fn recorded(line: &[u8]) -> Option<&[u8]> {
    let rest = number(line.strip_prefix(b"\"position\":")?)?;
    text(rest.strip_prefix(b",\"recorded\":")?)
}

fn number(line: &[u8]) -> Option<&[u8]> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0).then(|| &line[digits..])
}

/// What follows a JSON string.
fn text(line: &[u8]) -> Option<&[u8]> {
    let mut rest = line.strip_prefix(b"\"")?;
    loop {
        let at = memchr::memchr2(b'"', b'\\', rest)?;
        if rest[at] == b'"' {
            return Some(&rest[at + 1..]);
        }
        rest = rest.get(at + 2..)?;
    }
}
