//! Lines: the very bytes, what is read back from them, and what is no line.

use idesluss_proof::line::{
    Assigned, Body, Draft, MAX_EVENT_BYTES, Refusal, Refused, check_event, event_bytes, parse, parse_micros,
    source_line, write_own, write_received, write_refused,
};

const RECORDED: i64 = 1_795_464_000_000_001;
const HAPPENED: i64 = 951_782_400_000_000;
const SOURCE: &str = "/fyrbodal/submission/house";

fn draft() -> Draft {
    let text = |text: &str| text.to_owned();
    Draft {
        id: text("id-1"),
        audience: text("house"),
        kind: text("idesluss.submission.v1.IdeaSubmitted"),
        time_micros: HAPPENED,
        organisation: text("uddevalla"),
        actor: text("å\"\\"),
        role: text("submitter"),
        grant: Some(text("grant:1")),
        assertion: None,
        mandate: Some(text("uddevalla/1/4.2")),
        commandid: text("command-1"),
        correlationid: text("idea-1"),
        causationid: Some(text("event-0")),
        traceparent: Some(text("00-1-2-01")),
        data: text(r#"{"a":[1,{"b":null}]}"#),
    }
}

fn assigned() -> Assigned<'static> {
    Assigned {
        position: 17,
        recorded_micros: RECORDED,
        source: SOURCE,
        sequence: 5,
        epoch: 2,
        stream_version: 3,
    }
}

const EVENT: &str = concat!(
    r#"{"specversion":"1.0","id":"id-1","source":"/fyrbodal/submission/house","type":"idesluss.submission.v1.IdeaSubmitted","#,
    r#""subject":"idea/1","time":"2000-02-29T00:00:00.000000Z","datacontenttype":"application/json","#,
    r#""sequence":"00000000000000000005","epoch":2,"streamversion":3,"organisation":"uddevalla","actor":"å\"\\","#,
    r#""role":"submitter","grant":"grant:1","mandate":"uddevalla/1/4.2","commandid":"command-1","correlationid":"idea-1","#,
    r#""causationid":"event-0","traceparent":"00-1-2-01","data":{"a":[1,{"b":null}]}}"#
);

const BARE: &str = concat!(
    r#"{"specversion":"1.0","id":"id-1","source":"/fyrbodal/submission/house","type":"idesluss.submission.v1.IdeaSubmitted","#,
    r#""subject":"idea/1","time":"2000-02-29T00:00:00.000000Z","datacontenttype":"application/json","#,
    r#""sequence":"00000000000000000005","epoch":2,"streamversion":3,"organisation":"uddevalla","actor":"å\"\\","#,
    r#""role":"submitter","commandid":"command-1","correlationid":"idea-1","data":{"a":[1,{"b":null}]}}"#
);

fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes);
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn an_event_is_written_with_these_bytes_and_no_others() {
    assert_eq!(written(|out| event_bytes(&draft(), "idea/1", &assigned(), out)), EVENT);
    let bare = Draft {
        grant: None,
        assertion: None,
        mandate: None,
        causationid: None,
        traceparent: None,
        ..draft()
    };
    assert_eq!(written(|out| event_bytes(&bare, "idea/1", &assigned(), out)), BARE);
}

#[test]
fn an_own_line_is_written_with_these_bytes_and_read_back() {
    let line = written(|out| write_own(&draft(), "idea/1", &assigned(), out));
    assert_eq!(
        line,
        format!(r#"{{"position":17,"recorded":"2026-11-23T20:00:00.000001Z","event":{EVENT}}}"#)
    );
    let read = parse(line.as_bytes()).expect("a line");
    assert_eq!((read.position, read.recorded_micros), (17, RECORDED));
    let Body::Own(event) = &read.body else {
        panic!("an own line")
    };
    assert_eq!(read.body.event(), Some(event));
    assert_eq!(event.bytes, EVENT.as_bytes());
    assert_eq!((event.time_micros, event.sequence, event.epoch), (HAPPENED, 5, 2));
    assert_eq!((event.stream_version, event.data), (3, r#"{"a":[1,{"b":null}]}"#));
    assert_eq!(
        (event.actor.as_ref(), event.mandate.as_deref()),
        ("å\"\\", Some("uddevalla/1/4.2"))
    );
    assert_eq!(
        (event.causationid.as_deref(), event.traceparent.as_deref()),
        (Some("event-0"), Some("00-1-2-01"))
    );
}

#[test]
fn a_received_line_holds_the_events_own_bytes_and_gives_its_sources_line_back() {
    let line = written(|out| write_received(18, RECORDED, 4_711, HAPPENED, EVENT.as_bytes(), out));
    assert_eq!(
        line,
        format!(
            r#"{{"position":18,"recorded":"2026-11-23T20:00:00.000001Z","from":{{"position":4711,"recorded":"2000-02-29T00:00:00.000000Z"}},"event":{EVENT}}}"#
        )
    );
    let read = parse(line.as_bytes()).expect("a line");
    let Body::Received {
        from_position,
        from_recorded_micros,
        event,
    } = &read.body
    else {
        panic!("a received line")
    };
    assert_eq!(
        (*from_position, *from_recorded_micros, event.bytes),
        (4_711, HAPPENED, EVENT.as_bytes())
    );
    assert_eq!(read.body.event(), Some(event));
    let source = source_line(*from_position, *from_recorded_micros, event.bytes);
    assert_eq!(
        String::from_utf8(source).expect("UTF-8"),
        format!(r#"{{"position":4711,"recorded":"2000-02-29T00:00:00.000000Z","event":{EVENT}}}"#)
    );
}

#[test]
fn a_refused_line_says_what_was_refused_and_holds_no_event() {
    let refused = Refused {
        source: SOURCE.to_owned(),
        epoch: 2,
        sequence: 9,
        reason: "it is no \"event\"".to_owned(),
    };
    let line = written(|out| write_refused(19, RECORDED, &refused, out));
    assert_eq!(
        line,
        r#"{"position":19,"recorded":"2026-11-23T20:00:00.000001Z","refused":{"source":"/fyrbodal/submission/house","epoch":2,"sequence":9,"reason":"it is no \"event\""}}"#
    );
    let read = parse(line.as_bytes()).expect("a line");
    assert_eq!((read.body.event(), &read.body), (None, &Body::Refused(refused)));
}

#[test]
fn what_is_no_line_is_not_read() {
    let own = format!(r#"{{"position":17,"recorded":"2026-11-23T20:00:00.000001Z","event":{EVENT}}}"#);
    assert!(parse(own.as_bytes()).is_ok());
    for (from, to) in [
        (r#""specversion":"1.0""#, r#""specversion":"1.1""#),
        ("application/json", "text/json"),
        ("00000000000000000005", "0000000000000000005"),
        ("00000000000000000005", "000000000000000000005"),
        ("00000000000000000005", "+0000000000000000005"),
        ("2026-11-23T20:00:00.000001Z", "2026-11-23T20:00:00Z"),
        ("2000-02-29T00:00:00.000000Z", "2001-02-29T00:00:00.000000Z"),
        (r#""role":"submitter","#, ""),
        (r#""role":"submitter","#, r#""role":"submitter","more":1,"#),
        (r#""position":17"#, r#""position":-17"#),
    ] {
        let line = own.replacen(from, to, 1);
        assert_ne!(line, own, "{from}");
        assert!(parse(line.as_bytes()).is_err(), "{line}");
    }
    let refused = r#""refused":{"source":"s","epoch":1,"sequence":1,"reason":"r"}"#;
    let from = r#""from":{"position":1,"recorded":"2000-02-29T00:00:00.000000Z"}"#;
    for members in [
        String::new(),
        from.to_owned(),
        format!("{from},{refused}"),
        format!(r#""event":{EVENT},{refused}"#),
    ] {
        let line = format!(r#"{{"position":17,"recorded":"2026-11-23T20:00:00.000001Z",{members}}}"#);
        assert!(parse(line.replace(",}", "}").as_bytes()).is_err(), "{members}");
    }
}

#[test]
fn an_error_names_the_place_and_never_the_content() {
    let line = r#"{"position":"Maria Lindqvist"}"#;
    let said = parse(line.as_bytes()).expect_err("no line").to_string();
    assert!(said.contains("column") && !said.contains("Maria"), "{said}");
}

#[test]
fn an_event_from_elsewhere_is_taken_in_as_it_was_written_and_in_no_other_form() {
    for good in [EVENT, BARE] {
        assert_eq!(check_event(good.as_bytes()).expect("an event").bytes, good.as_bytes());
    }
    for (from, to, refusal) in [
        ("id-1", "id\n1", Refusal::Newline),
        ("id-1", "id\r1", Refusal::Newline),
        (r#""b":null"#, r#""b":null,"b":1"#, Refusal::DoubledName),
        (r#"[1,{"b":null}]"#, r#"[[{"b":1,"b":2}]]"#, Refusal::DoubledName),
        (
            r#""role":"submitter""#,
            r#""role":"submitter","role":"auditor""#,
            Refusal::DoubledName,
        ),
        (r#""role":"submitter","#, "", Refusal::Form),
        (r#""epoch":2"#, r#""epoch":"2""#, Refusal::Form),
        (r#"{"a":[1,{"b":null}]}}"#, r#"{"a":1}}x"#, Refusal::Form),
        (
            r#""epoch":2,"streamversion":3"#,
            r#""streamversion":3,"epoch":2"#,
            Refusal::Order,
        ),
        (r#"{"specversion""#, r#"{ "specversion""#, Refusal::Order),
        (r#","data":{"#, r#","data": {"#, Refusal::Order),
        // The same event, written otherwise: whoever looks for its source's bytes would not find it.
        (r#""source":"#, r#""source": "#, Refusal::Order),
        (r#""source":"/"#, r#""source":"\/"#, Refusal::Order),
        (r#""epoch":2"#, r#""epoch": 2"#, Refusal::Order),
        (r#""id":"id-1""#, r#""id":"\u0069d-1""#, Refusal::Order),
        (r#"{"a":[1,{"b":null}]}}"#, r#"{"a":[1,{"b":null}]} }"#, Refusal::Order),
    ] {
        let event = EVENT.replacen(from, to, 1);
        assert_ne!(event, EVENT, "{from}");
        assert_eq!(check_event(event.as_bytes()).err(), Some(refusal), "{event}");
    }
    // Names in its data, whether or not they are written with escapes.
    for (data, refusal) in [
        (r#"{"a":1,"b":2}"#, None),
        (r#"{"\u0061":1,"\u0062":2}"#, None),
        (r#"{"a":{"b":1},"b":{"a":1}}"#, None),
        (r#"{"a":1,"b":2,"a":3}"#, Some(Refusal::DoubledName)),
        (r#"{"a":1,"\u0061":2}"#, Some(Refusal::DoubledName)),
        (r#"{"\u0061":1,"\u0061":2}"#, Some(Refusal::DoubledName)),
    ] {
        let event = EVENT.replacen(r#"{"a":[1,{"b":null}]}"#, data, 1);
        assert_eq!(check_event(event.as_bytes()).err(), refusal, "{data}");
    }
    // Levels of its data.
    for (levels, refusal) in [
        (125, None),
        (126, None),
        (127, Some(Refusal::Form)),
        (5_000, Some(Refusal::Form)),
    ] {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let nested = format!("{}1{}", open.repeat(levels), close.repeat(levels));
            let event = EVENT.replacen(r#"{"a":[1,{"b":null}]}"#, &nested, 1);
            assert_ne!(event, EVENT);
            assert_eq!(check_event(event.as_bytes()).err(), refusal, "{levels}");
        }
    }
    assert_eq!(check_event(b"\xff").err(), Some(Refusal::NotUtf8));
    assert_eq!(check_event(b"[]").err(), Some(Refusal::Form));
    // Booleans and numbers of every kind are JSON like the rest.
    let event = EVENT.replacen(r#"[1,{"b":null}]"#, r#"[true,-1,1.5,"x",[]]"#, 1);
    assert!(check_event(event.as_bytes()).is_ok());
}

#[test]
fn an_event_may_have_60_000_bytes_and_no_more() {
    let of = |bytes: usize| {
        let filling = "x".repeat(bytes - EVENT.len() + "null".len() - "\"\"".len());
        EVENT.replacen("null", &format!("\"{filling}\""), 1)
    };
    for (bytes, refusal) in [(MAX_EVENT_BYTES, None), (MAX_EVENT_BYTES + 1, Some(Refusal::TooLarge))] {
        let event = of(bytes);
        assert_eq!(event.len(), bytes);
        assert_eq!(check_event(event.as_bytes()).err(), refusal, "{bytes}");
    }
}

#[test]
fn days_around_the_ends_of_centuries_are_read_as_they_are() {
    for (text, days) in [
        ("1900-02-28", -25_509),
        ("1900-03-01", -25_508),
        ("2000-02-29", 11_016),
        ("2000-03-01", 11_017),
        ("2100-02-28", 47_540),
        ("2100-03-01", 47_541),
        ("2400-02-29", 157_113),
    ] {
        let micros = parse_micros(&format!("{text}T00:00:00.000000Z"));
        assert_eq!(micros, Some(days * 86_400_000_000), "{text}");
    }
    for text in ["1900-02-29", "2100-02-29", "2026-13-01", "2026-00-01"] {
        assert_eq!(parse_micros(&format!("{text}T00:00:00.000000Z")), None, "{text}");
    }
    for time in ["24:00:00", "00:60:00", "00:00:60"] {
        assert_eq!(parse_micros(&format!("2026-11-23T{time}.000000Z")), None, "{time}");
    }
}
