use super::Submission;
use idesluss_domain::words::{Actor, PersonId, Role};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::{Problem, Reader};

/// Who may not submit ideas could neither answer nor see the idea afterwards.
pub(super) fn check(
    submission: &Submission,
    actor: Option<&Actor>,
    request: &pb::ProposeCoauthorRequest,
    reader: &mut Reader,
) {
    let (Some(actor), Ok(coauthor)) = (actor, request.coauthor.trim().parse::<PersonId>()) else {
        return;
    };
    let known = submission.context.directory.person(coauthor);
    let submits = known.is_some_and(|person| {
        let mut roles = person.roles.iter();
        roles.any(|held| held.role == Role::Submitter && held.organisation == actor.organisation)
    });
    if !submits {
        reader.problem("coauthor", Problem::NotASubmitter);
    }
}
