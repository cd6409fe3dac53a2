use crate::{PEOPLE, Reading, Reads, Rule, Sees, rpcs};
use Role::{Assessor, Auditor, Coordinator, DecisionMaker, LinkHolder, NeedOwner, Registrar, Steward, Submitter};
use idesluss_domain::rights::Relation;
use idesluss_domain::submission::call::{CLOSE_CALL, OPEN_CALL};
use idesluss_domain::submission::disclosure::DISCLOSE_TEXTS;
use idesluss_domain::submission::idea::rights as idea;
use idesluss_domain::words::Role;

/// Who leads, registers or audits what comes in.
const INSIDE: &[Role] = &[Coordinator, Registrar, Auditor];

/// Who sees an idea, and how much of it; also where another question leads to one.
pub const READS_IDEA: Reads = &[
    line(INSIDE, Relation::OwnOrganisation, Sees::All),
    line(&[Submitter, LinkHolder], Relation::Author, Sees::All),
    line(
        &[Submitter, NeedOwner, Assessor, DecisionMaker, Steward],
        Relation::OwnOrganisation,
        Sees::Brief,
    ),
];

/// Who sees everything that stands here of an idea.
const READS_WHOLE_IDEA: Reads = &[READS_IDEA[0], READS_IDEA[1]];

/// Who looks for ideas like one.
const READS_SIMILAR: Reads = &[
    line(INSIDE, Relation::OwnOrganisation, Sees::All),
    line(
        &[Submitter, NeedOwner, Assessor, DecisionMaker, Steward, Role::Adopter],
        Relation::OwnOrganisation,
        Sees::Brief,
    ),
];

const fn line(roles: &'static [Role], relation: Relation, sees: Sees) -> Reading {
    Reading { roles, relation, sees }
}

pub(crate) const COMMANDS: &[Rule] = rpcs! { "submission.v1.SubmissionCommandService" {
    SubmitIdea => act [idea::SUBMIT];
    TakeOverIdea => act [idea::TAKE_OVER];
    ProposeCoauthor => act [idea::PROPOSE_COAUTHOR];
    AgreeToCoauthorship => person [idea::ANSWER_COAUTHORSHIP];
    DeclineCoauthorship => person [idea::ANSWER_COAUTHORSHIP];
    ExpressSupport => person [idea::SUPPORT];
    GiveConsent => person [idea::CONSENT];
    WithdrawConsent => person [idea::CONSENT];
    ProvideClarification => act [idea::ANSWER];
    WithdrawIdea => act [idea::WITHDRAW];
    AttachFile => act [idea::ATTACH];
    AssignCoordinator => act [idea::ASSIGN_COORDINATOR];
    RegisterIdea => act [idea::REGISTER];
    MoveAnswerDue => act [idea::MOVE_ANSWER_DUE];
    RequestClarification => act [idea::ASK];
    SuggestSimilarIdeas => act [idea::SUGGEST_SIMILAR];
    ApproveBrief => person [idea::APPROVE_BRIEF];
    AcceptIdea => person [idea::ACCEPT];
    HandToLine => person [idea::HAND_TO_LINE];
    ReferIdea => act [idea::REFER];
    DeclineIdea => person [idea::DECLINE];
    ReopenIdea => person [idea::REOPEN];
    ParkIdea => person [idea::PARK];
    ReactivateIdea => act [idea::REACTIVATE];
    LinkDuplicate => act [idea::LINK_AS_DUPLICATE];
    SupersedeIdea => act [idea::SUPERSEDE];
    ImplementIdea => act [idea::IMPLEMENT];
    DeliverFeedback => act [idea::FEED_BACK];
    CloseIdea => act [idea::CLOSE];
    RequestErasure => person [idea::REQUEST_ERASURE];
    DecideErasure => decide [idea::DECIDE_ERASURE];
    RefuseErasure => person [idea::REFUSE_ERASURE];
    DiscloseTexts => person [DISCLOSE_TEXTS];
    OpenCall => act [OPEN_CALL];
    CloseCall => act [CLOSE_CALL];
}};

pub(crate) const QUERIES: &[Rule] = rpcs! { "submission.v1.SubmissionQueryService" {
    ListMyIdeas => read [&[Submitter], Author => All];
    // A decision-maker decides on erasures too, and may come to decide on the idea itself.
    ListInbox => read [INSIDE, OwnOrganisation => All; &[DecisionMaker], OwnOrganisation => Brief];
    GetIdea => reads READS_IDEA;
    GetHistory => reads READS_WHOLE_IDEA;
    FindSimilarIdeas => reads READS_SIMILAR;
    SearchIdeas => read [INSIDE, OwnOrganisation => All];
    ReadIdeas => read [INSIDE, OwnOrganisation => All];
    ListCalls => read [PEOPLE, Any => All];
    DownloadAttachment => reads READS_WHOLE_IDEA;
    ExportBrief => services ();
}};
