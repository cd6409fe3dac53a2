//! How scores are counted, and what of a nonce is ever printed.

use super::*;

pub(super) fn summary(criterion: &str, count: u32, mean_hundredths: u32, lowest: u8, highest: u8) -> CriterionSummary {
    CriterionSummary {
        criterion: form(criterion),
        count,
        mean_hundredths,
        lowest,
        highest,
        spread: highest - lowest,
    }
}

#[test]
fn a_criterion_that_nobody_scored_is_left_out_and_weighs_nothing() {
    let risk_only = Scores::from([("risk".into(), 3)]);
    let (summaries, overall) = summarise(&criteria(), &[risk_only]);
    assert_eq!((summaries, overall), (vec![summary("risk", 1, 300, 3, 3)], 300));
    assert_eq!(summarise(&criteria(), &[]), (vec![], 0));
}

#[test]
fn the_weighted_mean_follows_the_weights_and_every_score() {
    let assessments = [scores(1, 5), scores(2, 5), scores(2, 4)];
    let (summaries, overall) = summarise(&criteria(), &assessments);
    // 5/3 = 1.67 and 14/3 = 4.67; (3 × 1.67 + 4.67) / 4 = 2.42
    assert_eq!(
        summaries,
        [summary("benefit", 3, 167, 1, 2), summary("risk", 3, 467, 4, 5)]
    );
    assert_eq!(overall, 242);
}

#[test]
fn a_nonce_is_never_printed() {
    assert_eq!(format!("{:?}", Nonce([7; 32])), "Nonce(…)");
}

#[test]
fn scores_are_committed_to_as_json_in_alphabetical_order() {
    let scores = Scores::from([("b".into(), 2), ("a".into(), 1)]);
    assert_eq!(scores_json(&scores), r#"{"a":1,"b":2}"#);
}
