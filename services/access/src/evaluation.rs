use crate::{PEOPLE, Rule, rpcs};
use Role::{Assessor, Auditor, Coordinator, DecisionMaker, NeedOwner, Registrar, Steward};
use idesluss_domain::evaluation::criteria::ADOPT_CRITERIA;
use idesluss_domain::evaluation::delegation_order::rights::{
    ADOPT_DELEGATION_ORDER, REVOKE_MANDATE, SUBDELEGATE_MANDATE,
};
use idesluss_domain::evaluation::evaluation::rights as evaluation;
use idesluss_domain::words::Role;

/// Who sees every evaluation of their organisation.
const INSIDE: &[Role] = &[Coordinator, Registrar, NeedOwner, DecisionMaker, Steward, Auditor];

/// Who sees all that stands here of an idea, line by line.
const RECORDS: &[Role] = &[Coordinator, Registrar, Auditor];

/// Who decides, or writes it down for a board.
const DECIDES: &[Role] = &[DecisionMaker, Registrar, Coordinator];

pub(crate) const COMMANDS: &[Rule] = rpcs! { "evaluation.v1.EvaluationCommandService" {
    AdoptCriteria => person [ADOPT_CRITERIA];
    AdoptDelegationOrder => person [ADOPT_DELEGATION_ORDER];
    SubdelegateMandate => act [SUBDELEGATE_MANDATE];
    RevokeMandate => act [REVOKE_MANDATE];
    ConfirmNeedOwner => person [evaluation::CONFIRM_NEED_OWNER];
    AssignAssessors => act [evaluation::ASSIGN];
    DeclareNoConflict => person [evaluation::DECLARE_NO_CONFLICT];
    DeclareConflict => person [evaluation::DECLARE_CONFLICT];
    RecuseAssessor => person [evaluation::RECUSE];
    SubmitAssessment => act [evaluation::ASSESS];
    ReviseAssessment => act [evaluation::REVISE];
    RevealAssessments => act [evaluation::REVEAL];
    IssueRecommendation => person [evaluation::RECOMMEND];
    MakeDecision => decide [evaluation::DECIDE];
    RecordBoardDecision => decide [evaluation::DECIDE_AS_BOARD];
    ReportDecision => act [evaluation::REPORT];
    CorrectDecision => person [evaluation::CORRECT];
    ReconsiderDecision => decide [evaluation::RECONSIDER];
    CommitResources => person [evaluation::COMMIT_RESOURCES];
    ArrangeSupport => act [evaluation::ARRANGE_SUPPORT];
    StartPilot => act [evaluation::START_PILOT];
    CompletePilot => act [evaluation::COMPLETE_PILOT];
    RecordEarlierDecision => act [evaluation::RECORD_EARLIER];
    RecordEarlierAssessment => act [evaluation::RECORD_EARLIER];
}};

pub(crate) const QUERIES: &[Rule] = rpcs! { "evaluation.v1.EvaluationQueryService" {
    ListToAssess => read [&[Assessor], Assigned => All];
    ListToDecide => read [DECIDES, OwnOrganisation => All];
    ListEvaluations => read [INSIDE, OwnOrganisation => All];
    ListIdeaEvaluations => read [INSIDE, OwnOrganisation => All];
    GetEvaluation => read [&[Assessor], Assigned => All; INSIDE, OwnOrganisation => All];
    GetDecisionPage => read [DECIDES, OwnOrganisation => All];
    // Assessors and deciders never see who submitted the idea, nor who leads it.
    GetDecision => read [
        &[Assessor], Assigned => Brief;
        RECORDS, OwnOrganisation => All;
        &[NeedOwner, DecisionMaker, Steward], OwnOrganisation => Brief
    ];
    GetHistory => read [RECORDS, OwnOrganisation => All];
    GetTerms => read [&[Auditor], OwnOrganisation => All];
    // By what is assessed is no secret.
    ListCriteriaSets => read [PEOPLE, OwnOrganisation => All];
    GetDelegationOrder => read [INSIDE, OwnOrganisation => All];
    ListAssessorLoads => read [&[Coordinator, Auditor], OwnOrganisation => All];
}};
