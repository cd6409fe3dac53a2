use super::{Answer, Submission, act};
use idesluss_domain::submission::idea::Action;
use idesluss_domain::words::{Actor, Role};
use idesluss_engine::PendingCommand;
use idesluss_proto::Problem;
use idesluss_proto::pb::submission as pb;
use idesluss_proto::requests::submission::ProposeCoauthor;
use idesluss_proto::status::invalid_field;

/// Who may not submit ideas could neither answer nor see the idea afterwards.
pub(super) async fn propose(
    submission: Submission,
    pending: PendingCommand,
    command: ProposeCoauthor,
) -> Answer<pb::ProposeCoauthorRequest> {
    let asked = Actor {
        person: command.coauthor,
        organisation: pending.actor().organisation.clone(),
        role: Role::Submitter,
    };
    if !submission.context.engine.holds_by_themselves(&asked).await? {
        return Err(invalid_field("coauthor", Problem::NotASubmitter));
    }
    let action = Action::ProposeCoauthor(command.coauthor);
    Ok(act(pending, command.idea, action).await?.into())
}
