//! The words that every part shares: how they are written, and what is not one of them.

use crate::ids::{idea, organisation, person};
use idesluss_domain::words::calendar::{add_working_days, is_working_day};
use idesluss_domain::words::{
    AdoptionId, Audience, CallId, Citation, CommandId, Date, Digest, EarlierTime, EvaluationId, EventId, Gate, IdeaId,
    OrganisationId, Outcome, Role, SolutionId, StreamName, Timestamp,
};
use uuid::Uuid;

#[test]
fn a_stream_is_named_after_what_it_is_about() {
    let (uuid, own) = (Uuid::from_u128(7), organisation("uddevalla"));
    let of = "00000000-0000-0000-0000-000000000007";
    for (name, written) in [
        (StreamName::idea(IdeaId(uuid)), format!("idea/{of}")),
        (StreamName::call(CallId(uuid)), format!("call/{of}")),
        (StreamName::register(&own, 2026), "register/uddevalla/2026".to_owned()),
        (StreamName::disclosure(IdeaId(uuid)), format!("disclosure/{of}")),
        (StreamName::evaluation(EvaluationId(uuid)), format!("evaluation/{of}")),
        (StreamName::criteria(&own), "criteria/uddevalla".to_owned()),
        (
            StreamName::delegation_order(&own),
            "delegation-order/uddevalla".to_owned(),
        ),
        (StreamName::solution(SolutionId(uuid)), format!("solution/{of}")),
        (StreamName::adoption(AdoptionId(uuid)), format!("adoption/{of}")),
    ] {
        assert_eq!((name.as_str(), name.to_string()), (&written[..], written.clone()));
    }
    assert_eq!(
        (Audience::House.as_str(), Audience::Region.as_str()),
        ("house", "region")
    );
}

#[test]
fn roles_gates_and_outcomes_are_written_as_they_are_stored() {
    for role in Role::ALL {
        let stored = serde_json::to_string(&role).expect("a word");
        assert_eq!(stored, format!("\"{role}\""));
        assert_eq!(role.as_str().parse(), Ok(role));
    }
    assert!("service ".parse::<Role>().is_err());
    for gate in Gate::ALL {
        assert_eq!(
            serde_json::to_string(&gate).expect("a word"),
            format!("\"{}\"", gate.as_str())
        );
    }
    for outcome in [Outcome::Advance, Outcome::Return, Outcome::Park, Outcome::Reject] {
        let stored = serde_json::to_string(&outcome).expect("a word");
        assert_eq!(stored, format!("\"{}\"", outcome.as_str()));
    }
}

#[test]
fn each_gate_leads_to_the_next_and_the_last_to_none() {
    let next: Vec<_> = Gate::ALL.into_iter().map(Gate::next).collect();
    let [_, second, third, last] = Gate::ALL;
    assert_eq!(next, [Some(second), Some(third), Some(last), None]);
}

/// What others derive must not change: these were written down when the rule was made.
#[test]
fn derived_ids_are_the_same_for_the_same_and_differ_otherwise() {
    let evaluation = |number, round| EvaluationId::derive(idea(number), round).to_string();
    assert_eq!(evaluation(1, 1), "3b35319c-c8c0-50a4-ab48-ef7960e0d3f9");
    assert_ne!(evaluation(1, 1), evaluation(1, 2));
    assert_ne!(evaluation(1, 1), evaluation(2, 1));
    assert_eq!(SolutionId::derive(idea(1)).0, Uuid::new_v5(&idea(1).0, b"solution"));
    let command = CommandId(Uuid::from_u128(1));
    let event =
        |service, own, command, kind, ordinal| EventId::derive(service, &organisation(own), command, kind, ordinal);
    let one = event("submission", "uddevalla", command, "IdeaSubmitted", 0);
    assert_eq!(one.0, Uuid::new_v5(&command.0, b"submission/uddevalla/IdeaSubmitted/0"));
    let others = [
        event("sharing", "uddevalla", command, "IdeaSubmitted", 0),
        event("submission", "orust", command, "IdeaSubmitted", 0),
        event(
            "submission",
            "uddevalla",
            CommandId(Uuid::from_u128(2)),
            "IdeaSubmitted",
            0,
        ),
        event("submission", "uddevalla", command, "TermsAccepted", 0),
        event("submission", "uddevalla", command, "IdeaSubmitted", 1),
    ];
    assert!(!others.contains(&one));
    assert_eq!(CommandId::derive(one, "receipt").0, Uuid::new_v5(&one.0, b"receipt"));
}

#[test]
fn ids_are_written_with_hyphens_and_read_back() {
    let written = "00000000-0000-0000-0000-00001dea0001";
    assert_eq!(
        (idea(1).to_string(), written.parse()),
        (written.to_owned(), Ok(idea(1)))
    );
    assert!("idea".parse::<IdeaId>().is_err());
    assert_ne!(person(1), person(2));
}

#[test]
fn a_short_name_is_small_letters_digits_and_hyphens() {
    for good in ["a", "lilla-edet", "kommun2", &"a".repeat(40)] {
        let name: OrganisationId = good.parse().expect("a short name");
        assert_eq!(
            (name.as_str(), name.to_string(), String::from(name.clone())),
            (good, good.into(), good.into())
        );
    }
    for bad in ["", "-a", "2a", "Orust", "lysekil!", "färgelanda", &"a".repeat(41)] {
        assert!(bad.parse::<OrganisationId>().is_err(), "{bad}");
    }
}

#[test]
fn a_digest_is_64_small_hexadecimal_digits() {
    let digest = Digest([0xab; 32]);
    let written = "ab".repeat(32);
    assert_eq!((digest.to_string(), written.parse()), (written.clone(), Ok(digest)));
    assert_eq!(format!("{digest:?}"), format!("Digest({written})"));
    for bad in [
        "",
        &"ab".repeat(31),
        &"AB".repeat(32),
        &"xy".repeat(32),
        &"ab".repeat(33),
    ] {
        assert!(bad.parse::<Digest>().is_err(), "{bad}");
    }
    // One capital among the small ones is enough.
    assert!(format!("{}A{}", "ab".repeat(31), "b").parse::<Digest>().is_err());
}

#[test]
fn an_earlier_time_is_as_precise_as_it_was_known() {
    for good in [
        "2004",
        "2004-05",
        "2004-05-31",
        "2004-05-31T12:00:00Z",
        "2004-05-31T12:00:00.5+02:00",
    ] {
        let time: EarlierTime = good.parse().expect("a time");
        assert_eq!(time.to_string(), good);
    }
    let long = format!("2004-05-31T12:00:00.{}Z", "0".repeat(20));
    for bad in [
        "",
        "04",
        "2004-13",
        "2004-02-30",
        "2004-5",
        "2004-05-31 12:00",
        "T12:00:00Z",
        "2004-05-31T25:00:00Z",
        &long,
    ] {
        assert!(bad.parse::<EarlierTime>().is_err(), "{bad}");
    }
}

#[test]
fn a_moment_is_utc_with_six_decimals() {
    let written = "2026-11-23T20:00:00.000001Z";
    let moment: Timestamp = written.parse().expect("a moment");
    assert_eq!(
        (moment.as_micros(), moment.to_string()),
        (1_795_464_000_000_001, written.to_owned())
    );
    assert_eq!(Timestamp::from_micros(1_795_464_000_000_001), Ok(moment));
    assert_eq!(moment.to_string(), written);
    assert_eq!(jiff::Timestamp::from(moment).as_microsecond(), 1_795_464_000_000_001);
    assert_eq!(
        Timestamp::from_micros(0).expect("1970").to_string(),
        "1970-01-01T00:00:00.000000Z"
    );
    assert!(Timestamp::from_micros(i64::MAX).is_err());
    for bad in ["", "2026-11-23", "2026-11-23T20:00:00"] {
        assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
    }
}

fn date(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).expect("a day")
}

/// Good Friday, Easter Monday and Ascension Day as almanacs have them, over the turns of the algorithm's cycles.
#[test]
fn offices_are_closed_around_easter_whenever_it_falls() {
    for (friday, monday, ascension) in [
        (date(1818, 3, 20), date(1818, 3, 23), date(1818, 4, 30)),
        (date(1943, 4, 23), date(1943, 4, 26), date(1943, 6, 3)),
        (date(1954, 4, 16), date(1954, 4, 19), date(1954, 5, 27)),
        (date(1981, 4, 17), date(1981, 4, 20), date(1981, 5, 28)),
        (date(2000, 4, 21), date(2000, 4, 24), date(2000, 6, 1)),
        (date(2016, 3, 25), date(2016, 3, 28), date(2016, 5, 5)),
        (date(2019, 4, 19), date(2019, 4, 22), date(2019, 5, 30)),
        (date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 6)),
        (date(2049, 4, 16), date(2049, 4, 19), date(2049, 5, 27)),
        (date(2076, 4, 17), date(2076, 4, 20), date(2076, 5, 28)),
        (date(2285, 3, 20), date(2285, 3, 23), date(2285, 4, 30)),
    ] {
        for closed in [friday, monday, ascension] {
            assert!(!is_working_day(closed), "{closed}");
        }
        // The days beside them are as open as any.
        for open in [
            friday.yesterday(),
            monday.tomorrow(),
            ascension.yesterday(),
            ascension.tomorrow(),
        ] {
            let open = open.expect("a day");
            let fixed = matches!((open.month(), open.day()), (5, 1) | (6, 6));
            assert_eq!(is_working_day(open), !fixed, "{open}");
        }
    }
}

#[test]
fn offices_are_closed_on_fixed_days_and_eves_and_on_midsummer_eve() {
    // All of them are weekdays in 2025.
    for (month, day) in [
        (1, 1),
        (1, 6),
        (5, 1),
        (6, 6),
        (12, 24),
        (12, 25),
        (12, 26),
        (12, 31),
        (6, 20),
    ] {
        assert!(!is_working_day(date(2025, month, day)), "{month}-{day}");
    }
    for (month, day) in [
        (1, 2),
        (1, 7),
        (5, 2),
        (6, 5),
        (12, 23),
        (12, 29),
        (12, 30),
        (6, 19),
        (6, 27),
        (6, 13),
        (7, 25),
    ] {
        assert!(is_working_day(date(2025, month, day)), "{month}-{day}");
    }
    // The earliest and the latest Friday that can be the eve.
    assert!(!is_working_day(date(2026, 6, 19)));
    assert!(!is_working_day(date(2027, 6, 25)));
    assert!(is_working_day(date(2026, 6, 26)));
    assert!(is_working_day(date(2027, 6, 18)));
    // Other months have Fridays at the same time.
    assert!(is_working_day(date(2026, 2, 20)));
}

#[test]
fn working_days_are_counted_from_the_day_after() {
    assert_eq!(add_working_days(date(2026, 11, 27), 1), date(2026, 11, 30));
    assert_eq!(add_working_days(date(2026, 11, 28), 0), date(2026, 11, 28));
    assert_eq!(add_working_days(date(2026, 4, 1), 2), date(2026, 4, 7));
    assert_eq!(add_working_days(date(2026, 11, 23), 260), date(2027, 12, 3));
    // The calendar ends; a promise does not run over it.
    assert_eq!(add_working_days(Date::MAX, 3), Date::MAX);
}

/// Nobody is a service, or a link, and everything else somebody may be.
#[test]
fn people_hold_every_role_but_a_services_and_a_links() {
    let held: Vec<Role> = Role::of_people().collect();
    assert!(!held.contains(&Role::Service) && !held.contains(&Role::LinkHolder));
    assert_eq!(held.len() + 2, Role::ALL.len());
    assert!(held.iter().all(|role| Role::ALL.contains(role)));
}

#[test]
fn a_telephone_number_is_no_personal_number_unless_four_digits_end_it() {
    assert!("GDPR art. 17; 0812 18 98 76".parse::<Citation>().is_ok());
    assert!("GDPR art. 17; 0812 18 9876".parse::<Citation>().is_err());
}

#[test]
fn a_personal_number_is_one_however_its_digits_are_written() {
    for number in [
        "19811218\u{200b}9876",
        "1981\u{ad}12189\u{2060}876",
        "１９８１１２１８-９８７６",
        "٨١١٢١٨-٩٨٧٦",
        "198112.189876",
    ] {
        let basis = format!("GDPR art. 17; {number}");
        assert!(basis.parse::<Citation>().is_err(), "{number}");
    }
}

#[test]
fn two_days_are_no_personal_number() {
    for days in [
        "2026-03-01, 2026-04-15",
        "2026-03-01 och 2026-04-15",
        "2026-03-01/2026-12-31",
    ] {
        assert!(format!("gallringsbeslut {days}").parse::<Citation>().is_ok(), "{days}");
    }
    // What does not go on as a day is the end of one.
    for number in [
        "2026-03-01 2026",
        "2026-03-01, 2026-04",
        "2026-03-01, 2026-13-15",
        "2026-03-01, 2026-04-32",
        "2026-03-01, 2026-04-1",
        "2026-03-01, 2026-4-15",
        "2026-03-01, 2026-00-15",
        "2026-03-01, 2026-04-00",
        "19260301-2026 04 150",
    ] {
        assert!(
            format!("gallringsbeslut {number}").parse::<Citation>().is_err(),
            "{number}"
        );
    }
}
