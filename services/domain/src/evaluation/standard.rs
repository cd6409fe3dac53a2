use super::criteria::{CriteriaAdopted, Criterion};
use crate::words::{Label, OrganisationId};

/// Key, weight, Swedish and English name, what the steps 1 to 5 mean in both.
type Row = (
    &'static str,
    u32,
    &'static str,
    &'static str,
    [&'static str; 5],
    [&'static str; 5],
);

const STANDARD: [Row; 7] = [
    (
        "citizen-benefit",
        25,
        "Nytta för medborgaren",
        "Citizen benefit",
        [
            "Ingen märkbar nytta",
            "Liten nytta för några få",
            "Tydlig nytta för en grupp",
            "Stor nytta för många",
            "Mycket stor nytta som märks i vardagen",
        ],
        [
            "No noticeable benefit",
            "A small benefit for a few",
            "A clear benefit for one group",
            "A large benefit for many",
            "A very large benefit, felt in everyday life",
        ],
    ),
    (
        "feasibility",
        20,
        "Genomförbarhet",
        "Feasibility",
        [
            "Går inte att genomföra i dag",
            "Stora hinder utan känd lösning",
            "Hinder som går att lösa",
            "Går att genomföra med känd teknik och egen kompetens",
            "Kan börja genast",
        ],
        [
            "Can't be carried out today",
            "Large obstacles without a known solution",
            "Obstacles that can be overcome",
            "Can be carried out with known means and own competence",
            "Can begin at once",
        ],
    ),
    (
        "cost-and-resources",
        15,
        "Kostnad och resurser",
        "Cost and resources",
        [
            "Kostar mycket mer än det ger",
            "Kostar mer än det ger",
            "Bär sig på sikt",
            "Sparar mer än det kostar",
            "Sparar mycket och snabbt",
        ],
        [
            "Costs far more than it gives",
            "Costs more than it gives",
            "Pays for itself in time",
            "Saves more than it costs",
            "Saves much, and soon",
        ],
    ),
    (
        "novelty",
        10,
        "Nyhetshöjd",
        "Novelty",
        [
            "Finns redan hos oss",
            "Liten förbättring av det vi har",
            "Nytt hos oss, känt hos andra",
            "Nytt i regionen",
            "Nytt överallt, så vitt vi vet",
        ],
        [
            "We have it already",
            "A small improvement on what we have",
            "New to us, known elsewhere",
            "New to the region",
            "New everywhere, as far as we know",
        ],
    ),
    (
        "reach",
        10,
        "Räckvidd",
        "Reach",
        [
            "En enskild person eller plats",
            "En arbetsgrupp",
            "En enhet",
            "En hel verksamhet eller kommun",
            "Flera kommuner",
        ],
        [
            "One person or place",
            "One team",
            "One unit",
            "A whole service or municipality",
            "Several municipalities",
        ],
    ),
    (
        "potential-to-spread",
        10,
        "Möjlighet att sprida",
        "Potential to spread",
        [
            "Går bara här",
            "Går att göra om med mycket arbete",
            "Går att anpassa till andra",
            "Går att kopiera med små ändringar",
            "Går att kopiera som det är",
        ],
        [
            "Works only here",
            "Can be redone with much work",
            "Can be adapted by others",
            "Can be copied with small changes",
            "Can be copied as it is",
        ],
    ),
    (
        "risk-and-law",
        10,
        "Risk och juridik",
        "Risk and law",
        [
            "Strider mot lag eller är farligt",
            "Stora risker eller oklar juridik",
            "Risker som går att hantera",
            "Små risker, klar juridik",
            "Inga kända risker eller hinder",
        ],
        [
            "Against the law, or dangerous",
            "Large risks or unclear law",
            "Risks that can be handled",
            "Small risks, clear law",
            "No known risks or obstacles",
        ],
    ),
];

fn label(text: &str) -> Label {
    text.parse().expect("the names above are labels")
}

/// The instance's standard criteria, in order; the weights make 100.
pub fn standard_criteria() -> Vec<Criterion> {
    STANDARD
        .iter()
        .map(|(key, weight, name_sv, name_en, steps_sv, steps_en)| Criterion {
            key: label(key),
            name_sv: (*name_sv).to_owned(),
            name_en: (*name_en).to_owned(),
            weight: *weight,
            steps_sv: steps_sv.map(str::to_owned).to_vec(),
            steps_en: steps_en.map(str::to_owned).to_vec(),
        })
        .collect()
}

/// What an organisation assesses by until it has adopted criteria of its own: version 0.
pub fn standard_set(organisation: &OrganisationId) -> CriteriaAdopted {
    CriteriaAdopted {
        organisation: organisation.clone(),
        name: label("standard"),
        version: 0,
        criteria: standard_criteria(),
        assessments_required: 2,
        load_cap: 10,
        earlier: false,
    }
}
