//! Why something was refused, in plain language: by the refusal's code, and by the field that is wrong.

use crate::lang::Lang;
use idesluss_proto::status::Refusal;

/// A refusal in the page's language. What has no Swedish sentence here is said as the service said it.
pub(crate) fn refusal(l: Lang, refusal: &Refusal) -> String {
    let swedish = SENTENCES.iter().find(|(reason, _)| *reason == refusal.reason);
    match (l, swedish) {
        (Lang::Swedish, Some((_, sentence))) => (*sentence).to_owned(),
        (Lang::Swedish, None) if refusal.reason.is_empty() => {
            "Tjänsten svarar inte just nu. Försök igen om en stund.".to_owned()
        }
        (Lang::English, _) if refusal.reason.is_empty() => {
            "The service does not answer now. Try again in a moment.".to_owned()
        }
        (Lang::English, _) if refusal.reason == "INVALID_FIELDS" => "Some fields need another look.".to_owned(),
        _ => refusal.sentence.clone(),
    }
}

/// Codes of refusals that people meet on pages, in Swedish.
const SENTENCES: &[(&str, &str)] = &[
    ("INVALID_FIELDS", "Några fält behöver ses över."),
    ("BUNDLES_BUSY", "Andra paket görs just nu. Försök igen om en stund."),
    (
        "NO_BUNDLE",
        "Paketet kan inte göras just nu. Försök igen om en stund, eller säg till den som sköter driften.",
    ),
    (
        "ALREADY_ASSESSED",
        "Du har redan lämnat ditt omdöme. Ändra det i stället.",
    ),
    ("ALREADY_DECIDED", "Det finns redan ett beslut. Ompröva det i stället."),
    (
        "ALREADY_PUBLISHED",
        "Lösningen är redan publicerad. Gör en ny version i stället.",
    ),
    ("ALREADY_RECOMMENDED", "Det finns redan en rekommendation."),
    ("ALREADY_REVEALED", "Omdömena har visats och kan inte ändras längre."),
    ("ADOPTION_DISCONTINUED", "Införandet är avslutat."),
    (
        "ASSESSED_THIS_GATE",
        "Den som bedömer en idé beslutar inte vid samma grind.",
    ),
    (
        "ASSESSMENTS_FALL_SHORT",
        "En bedömare har blivit medförfattare till idén, eller har skrivit en som säger detsamma, och omdömena som är kvar räcker inte. Skicka tillbaka idén, så bedöms den på nytt av andra.",
    ),
    (
        "ASSESSMENTS_MISSING",
        "Alla bedömare har inte lämnat omdöme. Vänta, eller ta bort den som inte svarar.",
    ),
    ("BASELINE_LATE", "Nolläget mäts innan lösningen är i bruk."),
    (
        "BASELINE_TWICE",
        "Det finns redan ett annat nolläge för det måttet. Ingenting skrivs över.",
    ),
    (
        "ASK_THE_ORIGIN",
        "Underlaget tillhör organisationen som slussade idén hit. Be den radera. När det är gjort går det också att radera det som har skrivits här.",
    ),
    ("BOARD_DECIDED", "Nämnden beslutade själv. Det finns inget att anmäla."),
    (
        "BRIEF_IN_USE",
        "Underlaget bedöms nu. Byt ut det när grinden är beslutad.",
    ),
    ("CALL_CLOSED", "Utlysningen tar inte emot fler idéer."),
    (
        "COAUTHOR_DECLINED",
        "Personen är redan tillfrågad och har tackat nej, men kan fortfarande tacka ja på egen hand.",
    ),
    (
        "COMMAND_REUSED",
        "Formuläret har redan skickats med annat innehåll. Ladda om sidan och försök igen.",
    ),
    (
        "CONFLICT_OF_INTEREST",
        "Det finns jäv. Personen kan inte delta i någon roll eller omgång. Låt en kollega göra det.",
    ),
    ("DATES_REVERSED", "Sista dagen ligger före den första."),
    ("DATE_AHEAD", "Dagen ligger i framtiden."),
    ("DATE_PAST", "Dagen har passerat. Välj en senare."),
    (
        "DECLARED_CONFLICT",
        "Du är jävig i ärendet, enligt anmälan i den här omgången eller en tidigare. Det står fast.",
    ),
    (
        "DESCRIPTION_MISSING",
        "En lösning behöver titel, sammanfattning, licens, kontakt och förutsättningar.",
    ),
    (
        "EVALUATION_CLOSED",
        "Bedömningen är stängd, eftersom idén tog en annan väg.",
    ),
    ("FILE_BROKEN_OFF", "Filen kom inte fram hel. Skicka den igen."),
    ("FILE_EMPTY", "Filen är tom. Välj en annan."),
    ("FILE_TOO_LARGE", "Filen är för stor. Den får vara högst 10 MB."),
    (
        "HOME_NEEDS_ADVANCE",
        "Bara en idé som går vidare kan genomföras på hemmaplan.",
    ),
    ("IDEA_ENDED", "Idén är avslutad."),
    ("ITSELF", "Det går inte att peka på sig själv."),
    ("IS_AUTHOR", "Du är redan en av idéns författare. Det står fast."),
    (
        "JOURNAL_CLOSED",
        "Ingenting sparades: tjänsten tar inte emot något nytt just nu. Säg till den som sköter driften.",
    ),
    (
        "JOURNAL_DAMAGED",
        "Det som står i journalen stämmer inte. Säg till den som sköter driften.",
    ),
    (
        "JOURNAL_FULL",
        "Ingenting sparades: det finns inte plats. Säg till den som sköter driften.",
    ),
    (
        "JOURNAL_RESTORED",
        "Ingenting sparas förrän den som sköter driften har sagt varför en säkerhetskopia lades tillbaka.",
    ),
    ("CLOSING", "Tjänsten stängs just nu. Försök igen om en stund."),
    (
        "LOAD_CAP_REACHED",
        "En av bedömarna har redan så många öppna omdömen som är tillåtet. Välj någon annan.",
    ),
    (
        "MEASUREMENT_INVALID",
        "En mätning behöver mått, enhet och en period som har avslutats.",
    ),
    (
        "MEETING_TOO_EARLY",
        "Sammanträdet hölls innan bedömningen öppnades. Det nämnden beslutade då är något annat.",
    ),
    ("NEED_OWNED", "Någon annan har redan bekräftat behovet."),
    ("NOBODY_NAMED", "Välj minst en bedömare."),
    ("NOTHING_ASKED", "Ingen fråga är ställd om idén."),
    ("NOTHING_COMMITTED", "Avsätt pengar, tid eller båda."),
    ("NOT_ASSIGNED", "Personen är inte utsedd till bedömare här."),
    (
        "NOT_CLEARED",
        "Bekräfta att texten inte har personuppgifter. Det som publiceras kan inte raderas.",
    ),
    ("NOT_DECLARED", "Svara först på frågan om jäv."),
    (
        "NOT_DEIDENTIFIED",
        "Bekräfta att underlaget inte pekar ut någon person.",
    ),
    (
        "NOT_FED_BACK",
        "Berätta för idégivaren vad som hände innan idén avslutas.",
    ),
    ("NOT_OFFERED", "Lösningen erbjuds inte er organisation."),
    ("NOT_ON_PANEL", "Panelen består av dem vars omdömen har visats."),
    (
        "NOT_PROPOSED",
        "Ingen har frågat dig om att vara medförfattare till idén.",
    ),
    ("NOT_REVEALED", "Omdömena måste visas först."),
    ("NOT_TAKING_PART", "Bedömningen är för dem som deltar i den."),
    (
        "NO_BASELINE",
        "Registrera nolläget först, eller skriv varför det saknas.",
    ),
    ("NO_BRIEF", "Godkänn ett underlag först."),
    (
        "NO_CONSENT",
        "Fråga idégivaren först. En dubblett länkas bara med samtycke.",
    ),
    (
        "NO_DELEGATION_ORDER",
        "Organisationen har ingen delegationsordning som gäller i dag.",
    ),
    ("NO_MANDATE", "Du har inget mandat som gäller i dag."),
    ("NO_MANDATE_AMOUNT", "Ditt mandat räcker inte för den kostnaden."),
    ("NO_MANDATE_GATE", "Ditt mandat gäller inte vid den här grinden."),
    (
        "NO_NEED_OWNER",
        "Från Koncept går ingenting vidare utan att någon har bekräftat behovet.",
    ),
    ("NO_SUCH_ADOPTION", "Införandet finns inte."),
    ("NO_SUCH_EVALUATION", "Bedömningen finns inte."),
    ("NO_SUCH_IDEA", "Idén finns inte."),
    (
        "NOT_TAKEN_OVER",
        "Bara en idé som har tagits över från en äldre idélåda har tidigare beslut och omdömen.",
    ),
    (
        "NO_SUCH_ORIGINAL",
        "Det finns ingen sådan idé i organisationen att gå vidare med. Välj en annan.",
    ),
    ("NO_SUCH_SOLUTION", "Lösningen finns inte."),
    (
        "OWN_ERASURE",
        "Den som har begärt raderingen beslutar inte om den. Någon annan måste göra det, eftersom den inte går att ångra.",
    ),
    ("OWN_HOUSE", "Idén finns redan i er egen sluss."),
    (
        "OWN_IDEA",
        "Ingen bedömer sin egen idé eller leder arbetet med den. Låt en kollega med samma roll göra det. Har ingen annan rollen behöver någon få den.",
    ),
    ("PILOT_RUNNING", "En pilot pågår redan. Avsluta den först."),
    ("ROLE_NOT_HELD", "Du har inte den rollen i organisationen."),
    (
        "SCORES_DONT_FIT",
        "Ge varje kriterium ett betyg från 1 till 5, och skriv varför.",
    ),
    (
        "SOMETHING_NEW",
        "Något nytt har kommit in. Se igenom sidan igen innan du beslutar.",
    ),
    ("STALE", "Det du nyss gjorde har inte kommit fram än. Ladda om sidan."),
    ("STEPPED_ASIDE", "Personen har klivit av bedömningen."),
    ("SUBMITTER_NOT_TOLD", "Berätta för idégivaren innan idén lämnar huset."),
    (
        "TAKES_NO_PART",
        "Du deltar inte i bedömningen och läser den därför inte. Din egen anmälan står på bedömningens sida.",
    ),
    (
        "TOO_FEW_ASSESSMENTS",
        "Det är för få oberoende omdömen. Utse fler bedömare.",
    ),
    (
        "TOO_MANY_AUTHORS",
        "En idé har högst 20 författare, med dem som är tillfrågade.",
    ),
    ("UNIT_DIFFERS", "Mät i samma enhet som nolläget."),
    ("WRONG_ORGANISATION", "Det här tillhör en annan organisation."),
    ("WRONG_ROLE", "Din roll tillåter inte det."),
    (
        "BAD_CLAUSES",
        "En delegationsordning behöver punkter, var och en med eget nummer och minst en grind.",
    ),
    (
        "BAD_NUMBERS",
        "Kräv 1 till 20 omdömen, och tillåt 1 till 500 öppna omdömen per bedömare.",
    ),
    (
        "COMMITMENT_BROKEN",
        "Ett omdöme stämmer inte med det som lämnades, eller går inte att läsa. Säg till den som sköter driften.",
    ),
    ("COST_REVERSED", "Den lägsta kostnaden är högre än den högsta."),
    ("ERASED", "Det är raderat."),
    ("ERASURE_DECIDED", "Raderingen är redan beslutad."),
    (
        "FATE_UNKNOWN",
        "Det är inte säkert att det sparades. Skicka samma formulär igen: det sparas bara en gång.",
    ),
    ("MANDATE_NOT_IN_FORCE", "Mandatet gäller inte längre."),
    ("MAY_NOT_SUBDELEGATE", "Mandatet får inte delegeras vidare."),
    (
        "MORE_THAN_HELD",
        "Ingen delegerar mer än sitt eget mandat: samma grindar, belopp och dagar eller färre, och till någon annan.",
    ),
    ("NOTHING_SAID", "Skriv vad andra bör veta."),
    (
        "NOT_ADVANCED",
        "Bara det som går vidare får resurser, stöd eller en pilot.",
    ),
    ("NOT_ASSESSED", "Du har inte lämnat något omdöme än."),
    ("NOT_DECIDED", "Ingenting är beslutat än."),
    ("NOT_PUBLISHED", "Lösningen är inte publicerad."),
    ("NOT_YOURS", "Bara den som har mandatet delegerar det vidare."),
    ("NO_BASIS", "Skriv den rättsliga grunden."),
    ("NO_ERASURE", "Ingen har begärt eller beslutat att idén ska raderas."),
    ("NO_PILOT", "Ingen pilot pågår."),
    (
        "NO_PILOT_HERE",
        "En pilot hör till grinden Pilot, eller till ett koncept som går vidare.",
    ),
    ("NO_SUCH_CALL", "Utlysningen finns inte."),
    ("NO_SUCH_MANDATE", "Mandatet finns inte."),
    ("REASON_MISSING", "Skriv varför, eller vad som är nytt."),
    ("REGISTER_FULL", "Årets nummer är slut i registret."),
    ("SOLUTION_RETIRED", "Lösningen erbjuds inte längre."),
    ("TERMS_MISSING", "Godta villkoren först."),
    (
        "TEXTS_MISSING",
        "En idé behöver en titel, och ett problem eller ett förslag.",
    ),
    ("UNKNOWN_FILE", "Filen finns inte."),
    ("UNKNOWN_IDEA", "Idén finns inte."),
    ("WRONG_MANDATE", "Mandatet gäller en annan fråga."),
    ("WRONG_STATE", "Det går inte där ärendet står nu. Ladda om sidan."),
];

/// The name of a field as it stands on pages.
pub(crate) fn field(l: Lang, field: &str) -> String {
    let last = field.rsplit('.').next().unwrap_or(field);
    if field.strip_suffix(last) == Some("rationales.") {
        return crate::phrases::criterion(l, last);
    }
    let names = [
        ("title", "Titel", "Title"),
        ("problem", "Problem", "Problem"),
        ("proposal", "Förslag", "Proposal"),
        ("expected_benefit", "Nytta", "Benefit"),
        ("area", "Område", "Area"),
        ("reason", "Orsak", "Reason"),
        ("reasons", "Motivering", "Reasons"),
        ("text", "Text", "Text"),
        ("rationale", "Motivering", "Rationale"),
        ("score", "Betyg", "Score"),
        ("terms", "Villkor", "Terms"),
        ("question", "Fråga", "Question"),
        ("answer", "Svar", "Answer"),
        ("message", "Meddelande", "Message"),
        ("due", "Klart senast", "Due"),
        ("receiver", "Mottagare", "Receiver"),
        ("summary", "Sammanfattning", "Summary"),
        ("value", "Värde", "Value"),
        ("metric", "Mått", "Metric"),
        ("unit", "Enhet", "Unit"),
        ("name", "Namn", "Name"),
        ("basis", "Rättslig grund", "Legal basis"),
        ("number", "Nummer", "Number"),
        ("secrecy", "Sekretess", "Secrecy"),
        ("paragraph", "Paragraf", "Paragraph"),
        ("media_type", "Filens format", "The file's format"),
        ("purpose", "Vad texterna ska användas till", "What the texts are for"),
        ("words", "Sökord", "Words"),
        ("clauses", "Punkter", "Clauses"),
        ("resources", "Resurser", "Resources"),
        ("need", "Behov", "Need"),
        ("idea", "Idé", "Idea"),
        ("call", "Utlysning", "Call"),
        ("evaluation", "Bedömning", "Evaluation"),
        ("solution", "Lösning", "Solution"),
        ("adoption", "Införande", "Adoption"),
        ("similar", "Liknande idé", "Similar idea"),
        ("by", "Den andra idén", "The other idea"),
        ("assessor", "Bedömare", "Assessor"),
        ("assessors", "Bedömare", "Assessors"),
        ("holder", "Innehavare", "Holder"),
        ("gates", "Grindar", "Gates"),
        ("panel", "Panel", "Panel"),
        ("outcome", "Beslut", "Decision"),
        ("conditions", "Villkor", "Conditions"),
        ("correction", "Rättelse", "Correction"),
        ("experience", "Erfarenhet", "Experience"),
        ("cleared", "Personuppgifter", "Personal data"),
        ("coauthor", "Kollega", "Colleague"),
        ("responsible", "Ansvarig", "Responsible"),
        ("board", "Nämnd", "Board"),
        ("meeting", "Sammanträdesdag", "Day of the meeting"),
        ("note", "Anteckning", "Note"),
        ("result", "Resultat", "Result"),
        ("hypothesis", "Antagande", "Hypothesis"),
        ("licence", "Licens", "Licence"),
        ("contact", "Kontakt", "Contact"),
        ("prerequisites", "Vad som krävs", "Prerequisites"),
        ("changes", "Nytt i versionen", "Changes"),
        ("lesson", "Vad andra kan lära", "Lesson"),
        ("at", "Tid", "Time"),
        ("page_token", "Sida", "Page"),
    ];
    let known = names.iter().find(|(name, ..)| *name == last);
    known.map_or_else(|| last.replace('_', " "), |(_, sv, en)| l.t(sv, en).to_owned())
}

/// What is wrong with a field.
pub(crate) fn problem(l: Lang, sentence: &str) -> String {
    if l == Lang::English {
        return sentence.to_owned();
    }
    let known = PROBLEMS.iter().find(|(begins, _)| sentence.starts_with(begins));
    if let Some((_, swedish)) = known {
        return (*swedish).to_owned();
    }
    let between = |before: &str, after: &str| Some(sentence.strip_prefix(before)?.strip_suffix(after)?.to_owned());
    if let Some(least) = between("write at least ", " characters") {
        format!("skriv minst {least} tecken")
    } else if let Some(rest) = sentence.strip_prefix("write at most ") {
        format!("skriv högst {} tecken", rest.split(' ').next().unwrap_or_default())
    } else if let Some(range) = between("give a number from ", "") {
        format!("skriv ett tal från {}", range.replace(" to ", " till "))
    } else if let Some(range) = between("give ", " of them") {
        format!("välj {}", range.replace(" to ", " till "))
    } else {
        sentence.to_owned()
    }
}

/// How sentences of problems begin, and what they are in Swedish.
const PROBLEMS: &[(&str, &str)] = &[
    (
        "write the mandate's reference",
        "skriv mandatets beteckning som den står i delegationsordningen, som uddevalla/3/4.2",
    ),
    (
        "leave out what has the shape of a personal number",
        "ta bort det som ser ut som ett personnummer eller samordningsnummer: härifrån kan det aldrig raderas",
    ),
    ("fill this in", "fyll i"),
    (
        "describe the problem, or write a proposal",
        "beskriv problemet eller skriv ett förslag",
    ),
    ("choose one of those that there are", "välj ett av alternativen"),
    (
        "choose each of those that there are at most once",
        "välj varje alternativ högst en gång",
    ),
    ("choose people who are assessors", "välj personer som är bedömare"),
    ("choose who sees it otherwise", "välj vem som ser det annorlunda"),
    (
        "choose a colleague who may submit ideas here",
        "välj en kollega som får lämna idéer här",
    ),
    ("choose one of the organisations", "välj en av organisationerna"),
    ("write the day like 2026-11-23", "skriv dagen som 2026-11-23"),
    (
        "write the time like",
        "skriv tiden som 2026-11-23T20:00:00Z, eller lämna tomt",
    ),
    ("write a whole number, such as 20000", "skriv ett heltal, som 20000"),
    (
        "write a number such as 12, -3 or 0.25",
        "skriv ett tal, som 12, -3 eller 0,25",
    ),
    (
        "write the provision",
        "skriv lagrummet med sin vanliga förkortning och siffror, som GDPR art. 17.1 a eller OSL 21 kap. 7 §, och inget annat",
    ),
    ("write the number alone", "skriv bara numret, som KS 2026/0123"),
    (
        "write one word of letters",
        "skriv ett ord med bokstäver och siffror, som 2026-1",
    ),
    (
        "give a UUID",
        "klistra in sidans adress, eller id:t som adressen slutar med",
    ),
    ("it is no id of an idea", "det är inget id för en idé"),
    ("give 1 to 200 clauses", "fyll i minst en punkt"),
    (
        "give the organisation's short name",
        "skriv organisationens korta namn, som uddevalla",
    ),
    (
        "give it as it came, or leave it empty",
        "använd adressen som den var, eller börja om från första sidan",
    ),
    (
        "remove the control characters",
        "ta bort styrtecken, alltså tecken som inte syns",
    ),
    (
        "confirm that nothing in it is personal data",
        "bekräfta att texten inte har personuppgifter: det som delas kan inte raderas",
    ),
    ("score each criterion once", "ge varje kriterium ett betyg"),
    ("say what was measured", "skriv vad som mättes"),
    ("describe the solution", "beskriv lösningen"),
    (
        "the file's content is of another kind",
        "filens innehåll är av ett annat slag än det sägs vara: spara om den i rätt format",
    ),
    (
        "files of this kind are not taken in",
        "filer av det här slaget tas inte emot: skicka ett dokument, en bild, ljud, film, ren text eller ett zip-arkiv",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_domain::words::InvalidForm;

    #[test]
    fn what_is_wrong_with_a_bounded_form_is_said_in_swedish() {
        for wrong in [
            InvalidForm::Citation,
            InvalidForm::RegisterNumber,
            InvalidForm::Label,
            InvalidForm::MandateReference,
            InvalidForm::PersonalNumber,
        ] {
            let sentence = wrong.to_string();
            assert_ne!(problem(Lang::Swedish, &sentence), sentence);
        }
    }
}
