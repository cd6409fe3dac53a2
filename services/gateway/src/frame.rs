//! What stands around every page: whom one acts as, the menu, the language, and a word on what was just done.

use crate::components::Alert;
use crate::lang::Lang;
use crate::phrases;
use crate::session::{User, Web};
use crate::voice::OwnRole;
use idesluss_domain::words::OrganisationId;
use idesluss_proto::pb::{audit, evaluation as ev, identity as id, sharing as sh, submission as sub};

/// What stands around a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frame {
    pub(crate) l: Lang,
    /// Whom one acts as; empty: as nobody.
    pub(crate) who: String,
    /// What else one may act as, without signing in again.
    pub(crate) other_roles: Vec<OtherRole>,
    /// Whether people sign in here, and out.
    pub(crate) signs_in: bool,
    /// It can't be shown again in another language.
    pub(crate) is_shown_once: bool,
    /// Whoever reads has come by a private link.
    pub(crate) by_link: bool,
    pub(crate) csrf: String,
    /// It is a page of a sample region, and says so.
    pub(crate) demo: bool,
    /// Whose colour and logo the page shows; empty: the usual ones.
    pub(crate) look: Look,
    pub(crate) menu: Vec<Item>,
    /// What was just done, in a word; empty: nothing.
    pub(crate) done: String,
    /// What was wrong with a form that was sent.
    pub(crate) alert: Option<Alert>,
    /// The form that is shown again in another language, filled in as it is; None: there is none, and the page alone is.
    pub(crate) typed: Option<Typed>,
}

/// A role that one may act in instead.
#[derive(Debug, Clone)]
pub(crate) struct OtherRole {
    pub(crate) organisation: String,
    pub(crate) role: &'static str,
    /// What it is called, with the organisation, and for whom.
    pub(crate) name: String,
}

/// A role as it is called, with its organisation; of a substitute, for whom.
fn role_name(user: &User, own: &OwnRole) -> String {
    let (role, organisation) = (
        phrases::role(user.lang, own.role),
        user.organisation_name(own.organisation.as_str()),
    );
    match own.substitute_for {
        None => format!("{role}, {organisation}"),
        Some(away) => user.lang.say(
            "frame-role-for",
            &[
                ("role", role),
                ("name", &user.name(&away.to_string())),
                ("organisation", &organisation),
            ],
        ),
    }
}

/// What an organisation's pages look like.
#[derive(Debug, Clone, Default)]
pub(crate) struct Look {
    pub(crate) organisation: String,
    /// Its name, where it has a logo to be named.
    pub(crate) name: String,
    pub(crate) has_colour: bool,
    pub(crate) has_logo: bool,
}

impl Look {
    fn of(user: &User) -> Self {
        Self::of_organisation(&user.web, &user.acting_as.organisation)
    }

    fn of_organisation(web: &Web, organisation: &OrganisationId) -> Self {
        let directory = web.directory();
        let own = directory.organisation(organisation);
        own.map_or_else(Self::default, |own| Self {
            organisation: own.id.to_string(),
            name: own.name.clone(),
            has_colour: own.shown.colour.is_some(),
            has_logo: own.shown.logo.is_some(),
        })
    }
}

/// A form that somebody may be filling in.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    /// Its id on the page.
    pub(crate) form: String,
    pub(crate) action: String,
}

/// An entry of the menu.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) href: &'static str,
    pub(crate) text: &'static str,
    /// As `aria-current` says it: `page` here, `true` where the page lies below; empty: elsewhere.
    pub(crate) current: &'static str,
}

impl Frame {
    /// Around a page that nobody in particular sees.
    pub(crate) fn bare(l: Lang) -> Self {
        Self { l, ..Self::default() }
    }

    /// Around a page of this web that nobody in particular sees.
    pub(crate) fn of_nobody(web: &Web, l: Lang) -> Self {
        Self {
            demo: web.demo,
            ..Self::bare(l)
        }
    }

    /// Around a page of an organisation's for whoever comes.
    pub(crate) fn of_visitor(web: &Web, l: Lang, organisation: &OrganisationId) -> Self {
        Self {
            look: Look::of_organisation(web, organisation),
            ..Self::of_nobody(web, l)
        }
    }

    /// Around a page for whoever has come by a private link, of whom nothing is known.
    fn by_link(user: &User) -> Self {
        let l = user.lang;
        let organisation = user.organisation_name(user.acting_as.organisation.as_str());
        let pages = [
            ("/lank/min/ide", l.t("link-my-idea"), user.path.starts_with("/ideer/")),
            ("/lank/min", l.t("link-my-link"), user.path.starts_with("/lank/min")),
        ];
        let item = |(href, text, is_here): (&'static str, &'static str, bool)| Item {
            href,
            text,
            current: if is_here { "page" } else { "" },
        };
        Self {
            l,
            who: l.say("link-who", &[("organisation", &organisation)]),
            by_link: true,
            csrf: user.csrf.clone(),
            demo: user.web.demo,
            look: Look::of(user),
            menu: pages.into_iter().map(item).collect(),
            done: user.done.clone().unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Around a page for somebody.
    pub(crate) fn of(user: &User) -> Self {
        if user.is_by_link() {
            return Self::by_link(user);
        }
        let is_own = |own: &OwnRole| own.organisation == user.acting_as.organisation && own.role == user.acting_as.role;
        let (now, others): (Vec<OwnRole>, Vec<OwnRole>) = user.roles().into_iter().partition(is_own);
        let now = now.into_iter().next().unwrap_or_else(|| OwnRole {
            organisation: user.acting_as.organisation.clone(),
            role: user.acting_as.role,
            substitute_for: None,
        });
        let other = |own: &OwnRole| OtherRole {
            organisation: own.organisation.to_string(),
            role: own.role.as_str(),
            name: role_name(user, own),
        };
        Self {
            is_shown_once: false,
            l: user.lang,
            who: format!(
                "{}, {}",
                user.name(&user.acting_as.person.to_string()),
                role_name(user, &now)
            ),
            other_roles: others.iter().map(other).collect(),
            signs_in: user.web.signs_in,
            by_link: false,
            csrf: user.csrf.clone(),
            demo: user.web.demo,
            look: Look::of(user),
            menu: menu(user),
            done: user.done.clone().unwrap_or_default(),
            alert: None,
            typed: None,
        }
    }

    /// The languages that the page can be read in beside its own.
    pub(crate) fn other_languages(&self) -> Vec<Lang> {
        let others = Lang::all().filter(|other| *other != self.l && !self.is_shown_once);
        others.collect()
    }

    /// Around a page that can't be shown again: nothing on it leads to the same page in another language.
    pub(crate) fn shown_once(self) -> Self {
        Self {
            is_shown_once: true,
            ..self
        }
    }
}

/// The pages on which there is anything for the user's role, by the question that each of them begins with.
fn menu(user: &User) -> Vec<Item> {
    let l = user.lang;
    let pages = [
        (user.may::<id::ListPeopleRequest>(), "/personer", l.t("common-people")),
        (user.may::<id::ListProgramsRequest>(), "/program", l.t("programs-title")),
        (
            user.may::<id::ChangeOrganisationRequest>(),
            "/organisation",
            l.t("common-the-organisation"),
        ),
        (
            user.may::<ev::ListToAssessRequest>(),
            "/bedoma",
            l.t("common-to-assess"),
        ),
        (
            user.may::<audit::ListChangesRequest>(),
            "/revision",
            l.t("common-audit"),
        ),
        (user.may::<sub::ListMyIdeasRequest>(), "/ideer", l.t("common-my-ideas")),
        (
            user.may::<sub::SubmitIdeaRequest>(),
            "/ideer/ny",
            l.t("common-submit-an-idea"),
        ),
        (user.may::<sub::SearchIdeasRequest>(), "/inkorg", l.t("common-inbox")),
        (
            user.may::<sub::SearchIdeasRequest>() && user.may::<sh::ListSolutionsRequest>(),
            "/sok",
            l.t("common-search"),
        ),
        (
            user.may::<ev::ListToDecideRequest>(),
            "/besluta",
            l.t("common-to-decide"),
        ),
        (
            user.may::<ev::ListEvaluationsRequest>(),
            "/bedomningar",
            l.t("common-evaluations"),
        ),
        (user.may::<sub::ListCallsRequest>(), "/utlysningar", l.t("common-calls")),
        (
            user.may::<sh::ListSolutionsRequest>(),
            "/losningar",
            l.t("common-solutions"),
        ),
        (
            user.may::<sh::ListAdoptionsRequest>(),
            "/inforanden",
            l.t("common-adoptions"),
        ),
        (user.may::<sh::ListBenefitsRequest>(), "/nytta", l.t("common-benefits")),
        (
            user.may::<ev::GetDelegationOrderRequest>(),
            "/mandat",
            l.t("common-mandates"),
        ),
    ];
    let open: Vec<(&str, &str)> = (pages.into_iter())
        .filter(|(may, ..)| *may)
        .map(|(_, href, text)| (href, text))
        .collect();
    let here = current(&user.path, open.iter().map(|(href, _)| *href));
    let item = |(href, text): (&'static str, &'static str)| Item {
        href,
        text,
        current: match here {
            Some(of) if of == href && user.path == href => "page",
            Some(of) if of == href => "true",
            _ => "",
        },
    };
    open.into_iter().map(item).collect()
}

/// The page of the menu at which, or below which, a path lies.
fn current<'a>(path: &str, pages: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lies_at = |page: &&str| {
        path.strip_prefix(*page)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    pages.filter(lies_at).max_by_key(|page| page.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_menu_marks_where_one_is_or_what_one_is_below() {
        let pages = ["/ideer", "/ideer/ny", "/inkorg"];
        for (path, of) in [
            ("/ideer", Some("/ideer")),
            ("/ideer/ny", Some("/ideer/ny")),
            ("/ideer/0190/historik", Some("/ideer")),
            ("/inkorgen", None),
            ("/start", None),
        ] {
            assert_eq!(current(path, pages.into_iter()), of, "{path}");
        }
    }
}
