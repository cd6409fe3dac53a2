use super::{CriterionSummary, WeightedCriterion};
use crate::words::{Digest, json};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Scores by criterion, 1 to 5.
pub type Scores = BTreeMap<String, u8>;

/// 32 random bytes that hide what a commitment commits to: scores alone are few enough to be guessed.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nonce(#[serde(with = "hex::serde")] pub [u8; 32]);

impl std::fmt::Debug for Nonce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Nonce(…)")
    }
}

/// The bytes of scores that are committed to: a JSON object without white space, criteria in alphabetical order.
pub fn scores_json(scores: &Scores) -> String {
    json::to_string(scores)
}

/// SHA-256 of the nonce and the scores' JSON bytes.
pub fn commitment(nonce: &Nonce, scores_json: &str) -> Digest {
    let mut hash = Sha256::new();
    hash.update(nonce.0);
    hash.update(scores_json.as_bytes());
    Digest(hash.finalize().into())
}

/// Whether there is exactly one score from 1 to 5 for each criterion.
pub(super) fn fit(scores: &Scores, criteria: &[WeightedCriterion]) -> bool {
    scores.len() == criteria.len()
        && criteria.iter().all(|criterion| {
            scores
                .get(criterion.key.as_str())
                .is_some_and(|score| (1..=5).contains(score))
        })
}

/// Count, mean and spread per criterion, and the weighted mean over all, in hundredths rounded half up.
///
/// Shape: criteria nobody scored are left out; 0 when nothing was scored.
pub fn summarise(criteria: &[WeightedCriterion], assessments: &[Scores]) -> (Vec<CriterionSummary>, u32) {
    let mut summaries = Vec::with_capacity(criteria.len());
    let (mut weighted, mut weights) = (0_u64, 0_u64);
    for criterion in criteria {
        let scores: Vec<u8> = assessments
            .iter()
            .filter_map(|scores| scores.get(criterion.key.as_str()).copied())
            .collect();
        let (Some(&lowest), Some(&highest)) = (scores.iter().min(), scores.iter().max()) else {
            continue;
        };
        let sum: u64 = scores.iter().map(|&score| u64::from(score)).sum();
        let mean = mean_hundredths(sum * 100, scores.len() as u64);
        weighted += u64::from(mean) * u64::from(criterion.weight);
        weights += u64::from(criterion.weight);
        summaries.push(CriterionSummary {
            criterion: criterion.key.clone(),
            count: u32::try_from(scores.len()).unwrap_or(u32::MAX),
            mean_hundredths: mean,
            lowest,
            highest,
            spread: highest - lowest,
        });
    }
    let overall = if weights == 0 {
        0
    } else {
        mean_hundredths(weighted, weights)
    };
    (summaries, overall)
}

fn mean_hundredths(sum_of_hundredths: u64, count: u64) -> u32 {
    u32::try_from((sum_of_hundredths + count / 2) / count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_rounded_half_up_and_weighted() {
        let criteria = [("a", 3), ("b", 1)].map(|(key, weight)| WeightedCriterion {
            key: key.parse().unwrap(),
            weight,
        });
        let assessments = [(5, 1), (4, 1), (5, 2)].map(|(a, b)| Scores::from([("a".into(), a), ("b".into(), b)]));
        let (summaries, overall) = summarise(&criteria, &assessments);
        assert_eq!(summaries[0].mean_hundredths, 467);
        assert_eq!(summaries[1].mean_hundredths, 133);
        assert_eq!(
            (summaries[0].lowest, summaries[0].highest, summaries[0].spread),
            (4, 5, 1)
        );
        assert_eq!(overall, (467 * 3 + 133 + 2) / 4);
    }

    #[test]
    fn a_commitment_is_the_hash_of_nonce_and_bytes() {
        // sha256 of 32 zero bytes followed by {"a":1}, computed with another tool
        let digest = commitment(&Nonce([0; 32]), &scores_json(&Scores::from([("a".into(), 1)])));
        assert_eq!(
            digest.to_string(),
            "b06a229070741292512e8760f470dd7a4c46ccfdf253df781d88dabe58c1ccb1"
        );
    }
}
