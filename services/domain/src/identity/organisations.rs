//! The organisations of an instance: their settings, the codes of their areas and units, and who administers them.
//!
//! One stream for all of an instance: they are few and change seldom, and a reference's prefix belongs to one of them.

use super::grant::{Grant, RoleGranted};
use super::look::{self, Look, LookChanged};
use super::private_link::{self, MOST_IDEAS_PER_DAY, PrivateLinksAllowed, PrivateLinksStopped};
use super::terms::{self, LONGEST_TERMS, Terms, TermsAdopted, USUAL_TERMS};
use crate::Decider;
use crate::rights::{Relation, Rule, Ruled};
use crate::words::{Actor, Date, Label, OrganisationId, PersonId, Prefix, holds_personal_number, is_unseen};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most codes of a list.
pub const MOST_CODES: usize = 500;
/// How many characters a name has at most.
pub const LONGEST_NAME: usize = 120;
/// Within how many working days an answer is promised at the latest.
pub const MOST_WORKING_DAYS: u16 = 250;
/// Within how many days a decision is promised at the latest.
pub const MOST_DAYS: u16 = 1_000;
/// Within how many minutes without use a session ends at the latest: a day.
pub const MOST_IDLE_MINUTES: u16 = 24 * 60;
/// Within how many hours it ends at the latest, whatever is done in it.
pub const MOST_SESSION_HOURS: u16 = 24;
/// Within how many minutes without use a session ends where nobody has said it.
pub const USUAL_IDLE_MINUTES: u16 = 120;
/// Within how many hours it ends where nobody has said it: a working day.
pub const USUAL_SESSION_HOURS: u16 = 12;

/// An organisation takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationRegistered {
    /// Its short name, for good.
    pub organisation: OrganisationId,
    /// How it is set.
    pub settings: OrganisationSettings,
}

/// An organisation is set otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationChanged {
    /// Which.
    pub organisation: OrganisationId,
    /// How it is set from now on.
    pub settings: OrganisationSettings,
}

/// An organisation has another list of areas or units. Codes that it no longer holds mean what they meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodesAdopted {
    /// Whose.
    pub organisation: OrganisationId,
    /// Which list.
    pub list: CodeList,
    /// All that may be chosen from now on.
    pub codes: Vec<Code>,
}

/// Who administers an organisation, each from their first day on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Administrators(pub BTreeMap<PersonId, Date>);

impl Administrators {
    /// Those who may act as one on `day`.
    pub fn active_on(&self, day: Date) -> impl Iterator<Item = PersonId> {
        (self.0.iter()).filter_map(move |(person, first_day)| (*first_day <= day).then_some(*person))
    }

    /// All of them, those first who have been one for longest.
    pub fn longest_first(&self) -> Vec<PersonId> {
        let mut by_day: Vec<(Date, PersonId)> =
            self.0.iter().map(|(person, first_day)| (*first_day, *person)).collect();
        by_day.sort_unstable();
        by_day.into_iter().map(|(_, person)| person).collect()
    }

    /// Whether anybody may on `day`.
    pub fn any_active_on(&self, day: Date) -> bool {
        self.active_on(day).next().is_some()
    }
}

/// Other people administer an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdministratorsChanged {
    /// Which.
    pub organisation: OrganisationId,
    /// All who do from now on, or from their first day.
    pub administrators: Administrators,
}

/// Identity was put back from a backup: every role that was granted until now waits until an administrator of its organisation has confirmed the
/// list, since it may have been taken back after the backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolesSuspended {
    /// The epoch of identity's journal with which that happened: later than any before, also where the same backup was put back twice.
    pub round: u32,
}

/// An organisation's roles are those that it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolesConfirmed {
    /// Whose.
    pub organisation: OrganisationId,
    /// After which suspension.
    pub round: u32,
}

/// What stood in the file with which the instance began is written down here: from now on the file names the instance and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryImported {}

/// What an organisation is, and what it promises its submitters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationSettings {
    /// Its name as people write it.
    pub name: String,
    /// The beginning of its references, such as `UDD`.
    pub prefix: Prefix,
    /// What it is.
    pub kind: OrganisationKind,
    /// Whether it is a public body in the sense of the law on public access, as companies under municipal control are.
    pub public_body: bool,
    /// In how many working days a submitter hears from a person.
    pub answer_working_days: u16,
    /// In how many days an idea is decided.
    pub decision_days: u16,
    /// After how many minutes without use whoever acts for it is signed out.
    pub idle_minutes: u16,
    /// After how many hours they are signed out whatever they do.
    pub session_hours: u16,
}

/// What an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    /// Kommun.
    Municipality,
    /// Kommunalförbund.
    Federation,
    /// Bolag eller annan partner.
    Company,
}

/// A list of codes of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeList {
    /// Parts of the work, such as home care.
    Areas,
    /// Parts of the organisation, such as an office.
    Units,
}

/// A word of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// What is stored, and never changes its meaning.
    pub code: Label,
    /// What people read.
    pub name: String,
}

events! {
    /// What happens to the organisations of an instance.
    OrganisationEvent, "identity", "organisations",
    [
        OrganisationRegistered, OrganisationChanged, CodesAdopted, TermsAdopted, LookChanged, AdministratorsChanged, DirectoryImported, RolesSuspended, RolesConfirmed,
        PrivateLinksAllowed, PrivateLinksStopped,
    ]
}

rejections! {
    /// Why something can't be done with an organisation.
    OrganisationRejection {
        /// There is none of this name.
        Unknown => NotFound, "NO_SUCH_ORGANISATION";
        /// The name is taken.
        OtherOrganisation => Precondition, "OTHER_ORGANISATION";
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// The actor belongs to another organisation.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// No name, or one that is too long.
        BadName => Invalid, "BAD_ORGANISATION_NAME", max = LONGEST_NAME;
        /// A promise of no days, or of more than anybody waits.
        BadPromise => Invalid, "BAD_PROMISE", max = MOST_WORKING_DAYS, most = MOST_DAYS;
        /// A session that would never end, or at once.
        BadSession => Invalid, "BAD_SESSION", max = MOST_IDLE_MINUTES, most = MOST_SESSION_HOURS;
        /// Another organisation is called so, or nearly.
        NameTaken => Precondition, "NAME_TAKEN";
        /// Another organisation's references begin so.
        PrefixTaken => Precondition, "PREFIX_TAKEN";
        /// No terms, too long ones, or with what has the shape of a personal number.
        BadTerms => Invalid, "BAD_TERMS", max = LONGEST_TERMS;
        /// White words can't be read on the colour.
        FaintColour => Invalid, "FAINT_COLOUR";
        /// Too many codes, one twice, or one without a name.
        BadCodes => Invalid, "BAD_CODES", max = MOST_CODES;
        /// No ideas a day, or more than anybody reads.
        BadIdeasPerDay => Invalid, "BAD_IDEAS_PER_DAY", max = MOST_IDEAS_PER_DAY;
    }
}

/// An organisation as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its short name.
    pub id: OrganisationId,
    /// How it is set.
    pub settings: OrganisationSettings,
    /// Its lists of codes.
    pub codes: BTreeMap<CodeList, Vec<Code>>,
    /// Under which terms of its own it takes ideas in; None: under the usual ones.
    pub terms: Option<TermsAdopted>,
    /// What its pages look like.
    pub look: Look,
    /// So many ideas a day it takes by private links; None: none.
    pub ideas_per_day: Option<u16>,
    /// Who administers it.
    pub administrators: Administrators,
    /// Who administered it when roles were suspended, and has not been named anew: their roles wait like all others.
    pub suspended: Administrators,
    /// After which suspension its roles were confirmed.
    pub confirmed: u32,
}

impl Organisation {
    /// What the terms are called that whoever submits an idea accepts now.
    pub fn terms_in_force(&self) -> String {
        let own = self.terms.as_ref().map(|adopted| adopted.version.to_string());
        own.unwrap_or_else(|| USUAL_TERMS.to_owned())
    }
}

/// All organisations of an instance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organisations {
    /// By short name.
    pub all: BTreeMap<OrganisationId, Organisation>,
    /// Whether the file with which the instance began is written down.
    pub imported: bool,
    /// With which epoch of identity's journal all roles were suspended last; 0: never.
    pub round: u32,
}

impl Organisations {
    /// The organisation of this name.
    pub fn get(&self, id: &OrganisationId) -> Option<&Organisation> {
        self.all.get(id)
    }

    /// Whether an organisation's roles of before wait to be confirmed.
    pub fn awaits_confirmation(&self, id: &OrganisationId) -> bool {
        self.get(id).is_some_and(|known| known.confirmed < self.round)
    }

    /// Whether a role that was granted counts: it was granted after the last suspension, or has been confirmed since.
    pub fn counts(&self, granted: &RoleGranted) -> bool {
        self.counts_of_round(&granted.organisation, granted.round)
    }

    /// The same of what is known of a role by its organisation and the round in which it was granted.
    pub fn counts_of_round(&self, organisation: &OrganisationId, round: u32) -> bool {
        round >= self.round || !self.awaits_confirmation(organisation)
    }

    /// Whether a role may be acted in on a day: it is held then, and counts.
    pub fn in_force(&self, grant: &Grant, day: Date) -> bool {
        grant.is_in_force(day) && grant.held.as_ref().is_some_and(|held| self.counts(held))
    }

    /// Whether another one has a name that reads the same: people choose organisations by their names.
    fn name_is_taken(&self, id: &OrganisationId, name: &str) -> bool {
        let read = |name: &str| -> String {
            let seen = name.chars().filter(|letter| letter.is_alphanumeric());
            seen.flat_map(char::to_lowercase).collect()
        };
        let mut others = self.all.values().filter(|other| other.id != *id);
        others.any(|other| read(&other.settings.name) == read(name))
    }

    fn prefix_is_taken(&self, id: &OrganisationId, prefix: &Prefix) -> bool {
        let mut others = self.all.values().filter(|other| other.id != *id);
        others.any(|other| other.settings.prefix == *prefix)
    }
}

/// What the table of rights asks of an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganisationHead {
    /// Its name; None: there is no such organisation.
    pub id: Option<OrganisationId>,
    /// Whether its roles of before wait to be confirmed.
    pub awaits_confirmation: bool,
    /// Whether it takes ideas by private links.
    pub takes_private_links: bool,
}

impl OrganisationHead {
    /// Of one among all.
    pub fn of(all: &Organisations, id: &OrganisationId) -> Self {
        Self {
            id: all.get(id).map(|known| known.id.clone()),
            awaits_confirmation: all.awaits_confirmation(id),
            takes_private_links: all.get(id).is_some_and(|known| known.ideas_per_day.is_some()),
        }
    }
}

rules! {
    /// All that may be done with an organisation.
    OrganisationHead {
        REGISTER_ORGANISATION = "register-organisation", [Operator | Service: Any] => [OrganisationRegistered], |head| match head.id {
            Some(_) => Err(OrganisationRejection::OtherOrganisation),
            None => Ok(()),
        };
        CHANGE_ORGANISATION = "change-organisation", [Administrator: OwnOrganisation] => [OrganisationChanged], |_| Ok(());
        ADOPT_CODES = "adopt-codes", [Administrator: OwnOrganisation] => [CodesAdopted], |_| Ok(());
        ADOPT_TERMS = "adopt-terms", [Administrator: OwnOrganisation] => [TermsAdopted], |_| Ok(());
        CHANGE_LOOK = "change-look", [Administrator: OwnOrganisation] => [LookChanged], |_| Ok(());
        // What comes in so, coordinators answer: so their organisation says how much.
        ALLOW_PRIVATE_LINKS = "allow-private-links", [Administrator: OwnOrganisation] => [PrivateLinksAllowed], |_| Ok(());
        STOP_PRIVATE_LINKS = "stop-private-links", [Administrator: OwnOrganisation] => [PrivateLinksStopped], |_| Ok(());
        CONFIRM_ROLES = "confirm-roles", [Administrator: OwnOrganisation] => [RolesConfirmed, AdministratorsChanged], |_| Ok(());
        FINISH_IMPORT = "finish-directory-import", [Service: Any] => [DirectoryImported], |_| Ok(());
        SUSPEND_ROLES = "suspend-roles", [Service: Any] => [RolesSuspended], |_| Ok(());
    }
}

impl Ruled for OrganisationHead {
    type Rejection = OrganisationRejection;

    const WRONG_ROLE: OrganisationRejection = OrganisationRejection::WrongRole;

    fn relation(&self, relation: Relation, actor: &Actor) -> Result<(), OrganisationRejection> {
        match &self.id {
            _ if relation == Relation::Any => Ok(()),
            None => Err(OrganisationRejection::Unknown),
            Some(id) if *id != actor.organisation => Err(OrganisationRejection::WrongOrganisation),
            Some(_) => Ok(()),
        }
    }

    fn is_settled(&self, rule: &Rule<Self>, _: &Actor) -> bool {
        (*rule == CONFIRM_ROLES && !self.awaits_confirmation)
            || (*rule == STOP_PRIVATE_LINKS && !self.takes_private_links)
    }
}

/// What somebody wants done with an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationCommand {
    /// Which.
    pub organisation: OrganisationId,
    /// Who acts.
    pub actor: Actor,
    /// What is to be done.
    pub action: OrganisationAction,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrganisationAction {
    /// Let it take part.
    Register(OrganisationSettings),
    /// Set it otherwise.
    Change(OrganisationSettings),
    /// Give it another list of codes.
    AdoptCodes(CodeList, Vec<Code>),
    /// Take ideas in under these terms.
    AdoptTerms(Terms),
    /// Let its pages look so.
    ChangeLook(Look),
    /// Take ideas by private links, so many a day.
    AllowPrivateLinks(u16),
    /// Take none so any more.
    StopPrivateLinks,
    /// Read the file with which the instance began no more.
    FinishImport,
    /// Let every role of before this epoch wait until it is confirmed.
    SuspendRoles(u32),
    /// Let the organisation's roles of before count again.
    ConfirmRoles {
        /// Who of its administrators of before still holds that role.
        administrators: Administrators,
    },
}

impl OrganisationAction {
    /// The line of the table that it falls under.
    pub fn rule(&self) -> &'static Rule<OrganisationHead> {
        match self {
            Self::Register(_) => &REGISTER_ORGANISATION,
            Self::Change(_) => &CHANGE_ORGANISATION,
            Self::AdoptCodes(..) => &ADOPT_CODES,
            Self::AdoptTerms(_) => &ADOPT_TERMS,
            Self::ChangeLook(_) => &CHANGE_LOOK,
            Self::AllowPrivateLinks(_) => &ALLOW_PRIVATE_LINKS,
            Self::StopPrivateLinks => &STOP_PRIVATE_LINKS,
            Self::FinishImport => &FINISH_IMPORT,
            Self::SuspendRoles(_) => &SUSPEND_ROLES,
            Self::ConfirmRoles { .. } => &CONFIRM_ROLES,
        }
    }
}

/// The rules of organisations.
pub struct OrganisationsRules;

impl Decider for OrganisationsRules {
    type Command = OrganisationCommand;
    type Event = OrganisationEvent;
    type State = Organisations;
    type Rejection = OrganisationRejection;

    fn decide(
        command: &OrganisationCommand,
        all: &Organisations,
    ) -> Result<Vec<OrganisationEvent>, OrganisationRejection> {
        let known = all.get(&command.organisation);
        let head = OrganisationHead::of(all, &command.organisation);
        command.action.rule().may(&command.actor, &head)?;
        let organisation = command.organisation.clone();
        match &command.action {
            OrganisationAction::Register(settings) => {
                match known {
                    Some(known) if known.settings == *settings => return Ok(vec![]),
                    Some(_) => return Err(OrganisationRejection::OtherOrganisation),
                    None => {}
                }
                let settings = checked(settings, &organisation, all)?;
                Ok(vec![OrganisationRegistered { organisation, settings }.into()])
            }
            OrganisationAction::Change(settings) => {
                if known.is_some_and(|known| known.settings == *settings) {
                    return Ok(vec![]);
                }
                let settings = checked(settings, &organisation, all)?;
                Ok(vec![OrganisationChanged { organisation, settings }.into()])
            }
            OrganisationAction::SuspendRoles(round) if *round <= all.round => Ok(vec![]),
            OrganisationAction::SuspendRoles(round) => Ok(vec![RolesSuspended { round: *round }.into()]),
            OrganisationAction::ConfirmRoles { .. } if !all.awaits_confirmation(&organisation) => Ok(vec![]),
            OrganisationAction::ConfirmRoles { administrators } => {
                let named = known.map(|known| known.administrators.clone()).unwrap_or_default();
                let mut after = administrators.clone();
                after.0.extend(&named.0);
                let confirmed = RolesConfirmed {
                    organisation: organisation.clone(),
                    round: all.round,
                };
                let mut events = vec![confirmed.into()];
                if after != named {
                    let changed = AdministratorsChanged {
                        organisation,
                        administrators: after,
                    };
                    events.push(changed.into());
                }
                Ok(events)
            }
            OrganisationAction::AdoptTerms(adopted) => {
                terms::adopt(organisation, known.and_then(|known| known.terms.as_ref()), adopted)
            }
            OrganisationAction::ChangeLook(changed) => {
                look::change(organisation, known.map(|known| &known.look), changed)
            }
            OrganisationAction::AllowPrivateLinks(ideas_per_day) => {
                let before = known.and_then(|known| known.ideas_per_day);
                private_link::allow(organisation, before, *ideas_per_day)
            }
            OrganisationAction::StopPrivateLinks => {
                let before = known.and_then(|known| known.ideas_per_day);
                Ok(private_link::stop(organisation, before))
            }
            OrganisationAction::FinishImport if all.imported => Ok(vec![]),
            OrganisationAction::FinishImport => Ok(vec![DirectoryImported {}.into()]),
            OrganisationAction::AdoptCodes(list, codes) => {
                if known.and_then(|known| known.codes.get(list)) == Some(codes) {
                    return Ok(vec![]);
                }
                let distinct: BTreeSet<_> = codes.iter().map(|code| &code.code).collect();
                let named = codes.iter().all(|code| is_name(&code.name));
                if codes.len() > MOST_CODES || distinct.len() != codes.len() || !named {
                    return Err(OrganisationRejection::BadCodes);
                }
                let (list, codes) = (*list, codes.clone());
                Ok(vec![
                    CodesAdopted {
                        organisation,
                        list,
                        codes,
                    }
                    .into(),
                ])
            }
        }
    }

    fn evolve(mut all: Organisations, event: &OrganisationEvent) -> Organisations {
        match event {
            OrganisationEvent::OrganisationRegistered(registered) => {
                let organisation = Organisation {
                    id: registered.organisation.clone(),
                    settings: registered.settings.clone(),
                    codes: BTreeMap::new(),
                    terms: None,
                    look: Look::default(),
                    ideas_per_day: None,
                    administrators: Administrators::default(),
                    suspended: Administrators::default(),
                    confirmed: all.round,
                };
                // Registered anew after a restore, it is what it was to whoever has heard of it.
                all.all
                    .entry(registered.organisation.clone())
                    .or_insert(organisation)
                    .settings = registered.settings.clone();
            }
            OrganisationEvent::OrganisationChanged(changed) => {
                if let Some(known) = all.all.get_mut(&changed.organisation) {
                    known.settings = changed.settings.clone();
                }
            }
            OrganisationEvent::CodesAdopted(adopted) => {
                if let Some(known) = all.all.get_mut(&adopted.organisation) {
                    known.codes.insert(adopted.list, adopted.codes.clone());
                }
            }
            OrganisationEvent::TermsAdopted(adopted) => {
                if let Some(known) = all.all.get_mut(&adopted.organisation) {
                    known.terms = Some(adopted.clone());
                }
            }
            OrganisationEvent::LookChanged(changed) => {
                if let Some(known) = all.all.get_mut(&changed.organisation) {
                    known.look = changed.look.clone();
                }
            }
            OrganisationEvent::PrivateLinksAllowed(allowed) => {
                if let Some(known) = all.all.get_mut(&allowed.organisation) {
                    known.ideas_per_day = Some(allowed.ideas_per_day);
                }
            }
            OrganisationEvent::PrivateLinksStopped(stopped) => {
                if let Some(known) = all.all.get_mut(&stopped.organisation) {
                    known.ideas_per_day = None;
                }
            }
            OrganisationEvent::DirectoryImported(_) => all.imported = true,
            OrganisationEvent::AdministratorsChanged(changed) => {
                if let Some(known) = all.all.get_mut(&changed.organisation) {
                    known.administrators = changed.administrators.clone();
                }
            }
            OrganisationEvent::RolesSuspended(suspended) => {
                all.round = suspended.round;
                for known in all.all.values_mut() {
                    let administrators = std::mem::take(&mut known.administrators);
                    known.suspended.0.extend(administrators.0);
                }
            }
            OrganisationEvent::RolesConfirmed(confirmed) => {
                if let Some(known) = all.all.get_mut(&confirmed.organisation) {
                    known.confirmed = confirmed.round;
                    known.suspended = Administrators::default();
                }
            }
        }
        all
    }
}

/// The settings, where they can be.
fn checked(
    settings: &OrganisationSettings,
    id: &OrganisationId,
    all: &Organisations,
) -> Result<OrganisationSettings, OrganisationRejection> {
    if !is_name(&settings.name) {
        return Err(OrganisationRejection::BadName);
    }
    let answers = (1..=MOST_WORKING_DAYS).contains(&settings.answer_working_days);
    if !answers || !(1..=MOST_DAYS).contains(&settings.decision_days) {
        return Err(OrganisationRejection::BadPromise);
    }
    let idle = (1..=MOST_IDLE_MINUTES).contains(&settings.idle_minutes);
    if !idle || !(1..=MOST_SESSION_HOURS).contains(&settings.session_hours) {
        return Err(OrganisationRejection::BadSession);
    }
    if all.name_is_taken(id, &settings.name) {
        return Err(OrganisationRejection::NameTaken);
    }
    if all.prefix_is_taken(id, &settings.prefix) {
        return Err(OrganisationRejection::PrefixTaken);
    }
    Ok(settings.clone())
}

/// One line that stands open: whatever has the shape of a personal number could never be erased from it.
fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.trim().chars().count())
        && !name.contains(is_unseen)
        && !holds_personal_number(name)
}
