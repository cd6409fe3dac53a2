//! A form that was refused comes back: on its page, open, filled in as it was sent, with each problem at its field and all of them on top.

use crate::components::{Alert, Badges, FieldAlert, Table, Wording};
use crate::error::{WebError, http_status};
use crate::form::{Field, Form, FormState, Kind};
use crate::frame::{Frame, Typed};
use crate::lang::Lang;
use crate::posted::{Indexed, Posted};
use crate::refusals;
use crate::session::User;
use crate::view::drawn;
use askama::Template;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use idesluss_proto::status::{FieldRefusal, Refusal, invalid};
use idesluss_proto::{FieldProblem, Problem};
use tonic::Status;

/// A page with forms that are sent.
pub(crate) trait WithForms: Template + Sized {
    /// What stands around it.
    fn frame(&mut self) -> &mut Frame;

    /// All of its forms; searches are none.
    fn forms(&mut self) -> Vec<&mut Form>;

    /// What the form that is sent to `action` is about, by its title and how it stands; None: what the page is about says it all.
    fn subject(&self, _action: &str) -> Option<(Wording, Badges)> {
        None
    }

    /// What would come of a form that was sent, as far as it shows beforehand: said with the question whether somebody means it. None: nothing.
    fn foreseen(&self) -> Option<(String, Table)> {
        None
    }

    /// Lets whoever reads in another language take along what they have written.
    fn takes_along(&mut self) {
        let open = self.forms().into_iter().find(|form| form.is_written_in());
        let typed = open.map(|form| Typed {
            form: form.id(),
            action: form.action.clone(),
        });
        self.frame().typed = typed;
    }

    fn draw(mut self, user: &User) -> Result<Response, WebError> {
        self.takes_along();
        drawn(user, &self)
    }
}

/// The page again, with what was wrong in the form that was sent to `action`; without the page, or such a form on it, what was wrong alone.
pub(crate) fn refused(
    user: &User,
    page: Result<impl WithForms, WebError>,
    action: &str,
    posted: &Posted,
    status: &Status,
) -> Result<Response, WebError> {
    let page = marked(user.lang, page, action, posted, status)?;
    Ok((http_status(status), page.draw(user)?).into_response())
}

/// The page with what was wrong in the form that was sent to `action`, whoever sees it.
pub(crate) fn marked<P: WithForms>(
    l: Lang,
    page: Result<P, WebError>,
    action: &str,
    posted: &Posted,
    status: &Status,
) -> Result<P, WebError> {
    let without = || WebError::from_status(l, status);
    let mut page = page.map_err(|_| without())?;
    let forms = forms_at(&mut page, action);
    if forms.is_empty() {
        return Err(without());
    }
    let alert = fill_in(l, forms, posted, status);
    page.frame().alert = Some(alert);
    Ok(page)
}

/// The page again, with the form open and filled in as it was sent: nothing was wrong with it.
pub(crate) fn shown(
    user: &User,
    page: Result<impl WithForms, WebError>,
    action: &str,
    posted: &Posted,
) -> Result<Response, WebError> {
    let mut page = page?;
    returned(&mut page, action, posted);
    page.draw(user)
}

/// Fills the form of a page in that was sent to `action`, as it was sent.
pub(crate) fn returned(page: &mut impl WithForms, action: &str, posted: &Posted) {
    for form in forms_at(page, action) {
        form.state = FormState::Returned;
        form.command = posted.get("command");
        let sent = posted.indexed();
        for field in &mut form.fields {
            field.value = sent_value(field, &sent, false);
        }
    }
}

/// The forms of a page that are sent to an address.
pub(crate) fn forms_at<'a>(page: &'a mut impl WithForms, action: &str) -> Vec<&'a mut Form> {
    page.forms().into_iter().filter(|form| form.action == action).collect()
}

/// What was sent in a field; of one that nobody sees what stands there, where its ids are spent.
fn sent_value(field: &mut Field, sent: &Indexed<'_>, is_spent: bool) -> String {
    match field.kind {
        Kind::Renewed => std::mem::take(&mut field.value),
        Kind::Hidden if is_spent => std::mem::take(&mut field.value),
        Kind::Ticks(_) => sent.all(&field.name).join("\u{1f}"),
        // A browser does not let a page fill in which file was chosen.
        Kind::File { .. } => String::new(),
        _ => sent.get(&field.name).to_owned(),
    }
}

/// What a field is called before what is wrong with it: a question is none of the problem's.
fn called(label: &str) -> String {
    match label.trim_end_matches(['.', ':']) {
        question if question.ends_with('?') => question.to_owned(),
        label => format!("{label}:"),
    }
}

/// What a form asks for and nobody filled in.
pub(crate) fn missing(form: &Form, sent: &Indexed<'_>) -> Vec<FieldProblem> {
    let is_blank = |field: &&Field| {
        let is_seen = !matches!(field.kind, Kind::Hidden | Kind::Renewed | Kind::File { .. });
        field.required && is_seen && sent.get(&field.name).trim().is_empty()
    };
    let problem = |field: &Field| FieldProblem {
        field: field.name.clone(),
        problem: match field.kind {
            Kind::Tick => Problem::Unconfirmed,
            _ => Problem::Missing,
        },
    };
    form.fields.iter().filter(is_blank).map(problem).collect()
}

/// What was answered that a form does not offer.
pub(crate) fn beside_choices(form: &Form, sent: &Indexed<'_>) -> Vec<FieldProblem> {
    let is_offered = |field: &Field| {
        let (choices, most) = match &field.kind {
            Kind::Select(choices) | Kind::Radio(choices) => (choices, 1),
            Kind::Ticks(choices) => (choices, usize::MAX),
            _ => return true,
        };
        let mut answers = sent
            .all(&field.name)
            .iter()
            .take(most)
            .filter(|answer| !answer.is_empty());
        answers.all(|answer| choices.iter().any(|(value, _)| value == answer))
    };
    let beside = form.fields.iter().filter(|field| !is_offered(field));
    let problem = |field: &Field| FieldProblem {
        field: field.name.clone(),
        problem: Problem::NotAChoice,
    };
    beside.map(problem).collect()
}

/// Whether what is wrong at a place is said at this field of a form with fields of these names. What nobody sees has no place for it: that is said on
/// top alone. Whatever is wrong with a file is said where it was chosen.
fn is_said_at(field: &Field, place: &str, names: &[String]) -> bool {
    match field.kind {
        Kind::Hidden | Kind::Renewed => false,
        Kind::File { .. } => place == field.name || names.iter().all(|name| name != place),
        _ => place == field.name,
    }
}

/// The name of the field that a refusal without fields is about: the one that its code speaks of, or a file where nothing else is asked for.
fn place_of_whole(forms: &[&mut Form], refusal: &Refusal, status: &Status) -> Option<String> {
    if !refusal.fields.is_empty() {
        return None;
    }
    let is_seen = |field: &&Field| !matches!(field.kind, Kind::Hidden | Kind::Renewed);
    let seen: Vec<&Field> = forms.iter().flat_map(|form| &form.fields).filter(is_seen).collect();
    let found = match refusals::field_of(refusal) {
        Some(name) => seen
            .iter()
            .find(|field| field.name.rsplit('.').next() == Some(name))
            .copied(),
        None => match seen[..] {
            [
                only @ Field {
                    kind: Kind::File { .. },
                    ..
                },
            ] if http_status(status) == StatusCode::UNPROCESSABLE_ENTITY => Some(only),
            _ => None,
        },
    };
    found.map(|field| field.name.clone())
}

fn fill_in(l: Lang, forms: Vec<&mut Form>, posted: &Posted, status: &Status) -> Alert {
    let refusal = Refusal::from(status);
    let mut problems: Vec<(String, FieldRefusal)> = (refusal.fields.iter())
        .map(|problem| (posted.place(&problem.field), problem.clone()))
        .collect();
    if http_status(status) == StatusCode::UNPROCESSABLE_ENTITY {
        // What a service sees only once all else is right is said together with that.
        let sent = posted.indexed();
        let blank: Vec<FieldProblem> = forms.iter().flat_map(|form| missing(form, &sent)).collect();
        let blank = Refusal::from(&invalid(&blank)).fields;
        let is_new = |field: &FieldRefusal| !problems.iter().any(|(place, ..)| *place == field.field);
        let blank: Vec<_> = blank.into_iter().filter(is_new).collect();
        problems.extend(blank.into_iter().map(|problem| (problem.field.clone(), problem)));
    }
    // A browser does not let a page fill in which file was chosen.
    let is_kept = forms.iter().all(|form| !form.file);
    let mut sentence = refusals::refusal(l, &refusal);
    // What is refused as a whole is said at the field that it is about, where there is one.
    let mut of_one = String::new();
    let one = place_of_whole(&forms, &refusal, status);
    if one.is_some() {
        of_one = std::mem::replace(&mut sentence, refusals::to_be_mended(l));
    }
    let mut told = Vec::new();
    let sent = posted.indexed();
    for form in forms {
        form.state = FormState::Refused;
        // What was sent under an id that was used for something else would be refused for ever: it keeps the new ids of the page.
        let is_spent = refusal.reason == "COMMAND_REUSED";
        if !is_spent {
            form.command = posted.get("command");
        }
        let names: Vec<String> = form.fields.iter().map(|field| field.name.clone()).collect();
        for field in &mut form.fields {
            field.value = sent_value(field, &sent, is_spent);
            let own = problems.iter().position(|(place, ..)| is_said_at(field, place, &names));
            let own = own.map(|own| problems.remove(own).1);
            field.problem = match (own, &field.kind) {
                (Some(problem), Kind::Select(_) | Kind::Radio(_) | Kind::Ticks(_)) => {
                    refusals::choice_problem(l, &problem)
                }
                (Some(problem), Kind::File { .. }) => refusals::file_problem(l, &field.name, &problem),
                (Some(problem), _) => refusals::problem(l, &problem),
                (None, _) if one.as_ref() == Some(&field.name) => std::mem::take(&mut of_one),
                (None, _) => String::new(),
            };
            if !field.problem.is_empty() {
                told.push(FieldAlert {
                    href: format!("#{}", field.first_id(&form.action)),
                    field: called(&field.label),
                    said: field.problem.clone(),
                });
            }
        }
    }
    told.extend(problems.into_iter().map(|(_, problem)| FieldAlert {
        href: String::new(),
        field: called(&refusals::field(l, &problem.field)),
        said: refusals::problem(l, &problem),
    }));
    Alert {
        heading: match told.len() {
            0 => l.t("error-that-did-not-work").to_owned(),
            count => l.say("form-problems", &[("count", &count.to_string())]),
        },
        sentence,
        problems: told,
        kept: is_kept.then(|| l.t("common-what-you-wrote-is-still")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_proto::FieldProblem;

    #[test]
    fn an_answer_that_is_no_choice_of_the_form_is_a_problem_of_its_field() {
        let choices = vec![("uddevalla/1/4.1".to_owned(), "4.1".to_owned())];
        let form = Form::new("/mandat/aterkalla", "").select("mandate", "", choices.clone());
        let form = form.radio("other", "", choices);
        let beside = |fields: &[(&str, &str)]| -> Vec<String> {
            let found = beside_choices(&form, &Posted::of(fields).indexed());
            found.into_iter().map(|FieldProblem { field, .. }| field).collect()
        };
        assert!(beside(&[("mandate", "uddevalla/1/4.1")]).is_empty());
        // Of several the first counts; nothing is another problem.
        assert!(beside(&[("mandate", "uddevalla/1/4.1"), ("mandate", "x"), ("other", "")]).is_empty());
        for written in [
            " uddevalla/1/4.1",
            "uddevalla/1/4.1\n",
            "UDDEVALLA/1/4.1",
            "uddevalla/1/4.2",
        ] {
            assert_eq!(
                beside(&[("mandate", written), ("other", written)]),
                ["mandate", "other"],
                "{written:?}"
            );
        }
    }

    #[test]
    fn what_is_refused_as_a_whole_is_said_at_the_field_that_it_is_about() {
        let mut form = Form::new("/organisation/utseende", "")
            .line("colour", "Färg")
            .hidden("logo", "");
        let status = invalid(&[]);
        let refusal = |reason: &str| Refusal {
            reason: reason.to_owned(),
            fields: Vec::new(),
            ..Refusal::from(&status)
        };
        let mut place = |reason: &str| place_of_whole(&[&mut form], &refusal(reason), &status);
        assert_eq!(place("FAINT_COLOUR").as_deref(), Some("colour"));
        assert_eq!(place("PREFIX_TAKEN"), None, "it asks for no prefix");
        assert_eq!(place("WRONG_STATE"), None);
    }
}
