use crate::evaluation::delegation_order::NoMandate;

rejections! {
    /// Why something can't be done with an evaluation.
    EvaluationRejection {
        /// Nothing has been opened under this id.
        Unknown => NotFound, "NO_SUCH_EVALUATION", "There is no such evaluation.";
        /// Nothing has been received of the idea.
        UnknownIdea => NotFound, "NO_SUCH_IDEA", "Nothing is known here of such an idea: take it over first.";
        /// Another idea, gate or round stands under this id.
        OtherEvaluation => Precondition, "OTHER_EVALUATION", "Another evaluation was opened under this id.";
        /// The id does not follow from idea and round.
        WrongId => Invalid, "WRONG_EVALUATION_ID", "The evaluation's id must be derived from its idea and round.";
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE", "Your role does not allow this.";
        /// The actor belongs to another organisation.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION", "This evaluation belongs to another organisation.";
        /// The evaluation is closed.
        Closed => Precondition, "EVALUATION_CLOSED", "This evaluation was closed, because the idea went another way.";
        /// A need owner has confirmed already.
        NeedOwned => Precondition, "NEED_OWNED", "Somebody else has already confirmed to own this need.";
        /// There are no usable criteria.
        NoCriteria => Invalid, "NO_CRITERIA", "An evaluation needs criteria, each with a weight, and at least one assessment.";
        /// A brief without texts.
        NoBrief => Precondition, "NO_BRIEF", "There is no approved brief to evaluate: approve one first.";
        /// Too much to do.
        LoadCapReached => Precondition, "LOAD_CAP_REACHED", "One of these assessors already has as many open assessments as allowed: choose somebody else.";
        /// Nobody was named.
        NobodyNamed => Invalid, "NOBODY_NAMED", "Name at least one assessor, and each only once.";
        /// The person is not assigned, or was taken off.
        NotAssigned => Precondition, "NOT_ASSIGNED", "This person is not assigned to this evaluation.";
        /// The person stepped aside before.
        SteppedAside => Precondition, "STEPPED_ASIDE", "This person has stepped aside from this evaluation.";
        /// Submitter or co-author.
        OwnIdea => Forbidden, "OWN_IDEA", "Nobody judges an idea of their own, or leads how it is judged: let a colleague with this role do it. If nobody else holds the role, somebody else must be given it.";
        /// A conflict of interest was declared.
        ConflictOfInterest => Forbidden, "CONFLICT_OF_INTEREST", "There is a conflict of interest: this person takes no part, in any role or round. Let a colleague do it.";
        /// No declaration yet.
        NotDeclared => Precondition, "NOT_DECLARED", "Declare first whether there is a conflict of interest.";
        /// A declaration can't be taken back.
        DeclaredConflict => Precondition, "DECLARED_CONFLICT", "You are in a conflict of interest about this idea, declared or seen, in this round or an earlier one; that stands.";
        /// Scores do not fit the criteria.
        ScoresDontFit => Invalid, "SCORES_DONT_FIT", "Give each criterion one score from 1 to 5, and say why.";
        /// Assessed already.
        AlreadyAssessed => Precondition, "ALREADY_ASSESSED", "You have assessed this already: revise your assessment instead.";
        /// Nothing to revise.
        NotAssessed => Precondition, "NOT_ASSESSED", "You have not assessed this yet.";
        /// The assessments are shown.
        AlreadyRevealed => Precondition, "ALREADY_REVEALED", "The assessments have been shown: they can't be changed any more.";
        /// The assessments are not shown.
        NotRevealed => Precondition, "NOT_REVEALED", "The assessments must be shown first.";
        /// Some are missing.
        AssessmentsMissing => Precondition, "ASSESSMENTS_MISSING", "Not every assigned assessor has assessed: wait, or take off who does not answer.";
        /// Too few.
        TooFewAssessments => Precondition, "TOO_FEW_ASSESSMENTS", "There are too few independent assessments: assign more assessors.";
        /// Too few are left without those of new co-authors.
        FallsShort => Precondition, "ASSESSMENTS_FALL_SHORT", "Somebody who assessed has become a co-author, or wrote an idea that says the same, and too few assessments are left: send the idea back, so that others assess it anew.";
        /// What was sealed is not what was committed to.
        CommitmentBroken => Precondition, "COMMITMENT_BROKEN", "A sealed assessment does not match what was committed to, or can't be opened: ask the operator.";
        /// The panel is not made of this evaluation's assessors.
        NotOnPanel => Precondition, "NOT_ON_PANEL", "A panel consists of those whose assessments were shown, each either for or against.";
        /// Recommended already.
        AlreadyRecommended => Precondition, "ALREADY_RECOMMENDED", "A recommendation has been issued already.";
        /// Decided already.
        AlreadyDecided => Precondition, "ALREADY_DECIDED", "This is decided already: reconsider the decision instead.";
        /// Nothing is decided.
        NotDecided => Precondition, "NOT_DECIDED", "Nothing has been decided yet.";
        /// The decider assessed at this gate.
        AssessedThisGate => Forbidden, "ASSESSED_THIS_GATE", "Who assesses an idea does not decide on it at the same gate.";
        /// A need owner is missing.
        NoNeedOwner => Precondition, "NO_NEED_OWNER", "From Concept on nothing advances before somebody has confirmed to own the need.";
        /// Home without advance.
        HomeNeedsAdvance => Invalid, "HOME_NEEDS_ADVANCE", "Only an idea that advances can be carried out at home.";
        /// The page is old.
        SomethingNew => Precondition, "SOMETHING_NEW", "Something new has arrived, look again.";
        /// A page that has not been drawn.
        SeenAhead => Invalid, "SEEN_AHEAD", "The page can't have been drawn from a position that the journal has not reached.";
        /// A date lies in the future.
        DateAhead => Invalid, "DATE_AHEAD", "The day lies in the future.";
        /// The board met before there was anything to decide.
        MeetingTooEarly => Invalid, "MEETING_TOO_EARLY", "The meeting was before this evaluation was opened: what a board decided then is not this.";
        /// The end lies before the beginning.
        DatesReversed => Invalid, "DATES_REVERSED", "The last day lies before the first.";
        /// No order.
        NoDelegationOrder => Precondition, "NO_DELEGATION_ORDER", "No delegation order is in force in this organisation today.";
        /// No clause.
        NoMandate => Forbidden, "NO_MANDATE", "No mandate in force today lets you decide.";
        /// Another gate.
        NoMandateGate => Forbidden, "NO_MANDATE_GATE", "Your mandate does not cover this gate.";
        /// Too much money.
        NoMandateAmount => Forbidden, "NO_MANDATE_AMOUNT", "Your mandate does not cover this cost.";
        /// A mandate of another matter.
        WrongMandate => Invalid, "WRONG_MANDATE", "The mandate that was found is for another matter.";
        /// A board reports to nobody.
        BoardDecided => Precondition, "BOARD_DECIDED", "The board decided this itself: there is nothing to report.";
        /// Not advanced.
        NotAdvanced => Precondition, "NOT_ADVANCED", "Only what has advanced gets resources, support or a pilot.";
        /// Nothing set aside.
        NothingCommitted => Invalid, "NOTHING_COMMITTED", "Set aside money, time, or both.";
        /// A pilot runs.
        PilotRunning => Precondition, "PILOT_RUNNING", "A pilot is running already: complete it first.";
        /// No pilot runs.
        NoPilot => Precondition, "NO_PILOT", "No pilot is running.";
        /// No pilot at this gate.
        NoPilotHere => Precondition, "NO_PILOT_HERE", "A pilot belongs to the pilot gate, or to a concept that has advanced.";
        /// Earlier records of an idea that began here.
        NotTakenOver => Precondition, "NOT_TAKEN_OVER", "Only an idea that was taken over from an older idea box has earlier decisions and assessments.";
        /// An earlier record differs from what stands.
        EarlierDiffers => Precondition, "EARLIER_DIFFERS", "This import has already recorded something else here; nothing is overwritten.";
        /// An earlier record is malformed.
        EarlierInvalid => Invalid, "EARLIER_INVALID", "Give each criterion one score from 1 to 5.";
    }
}

impl From<NoMandate> for EvaluationRejection {
    fn from(none: NoMandate) -> Self {
        match none {
            NoMandate::NoOrder => Self::NoDelegationOrder,
            NoMandate::NotHeld => Self::NoMandate,
            NoMandate::Gate => Self::NoMandateGate,
            NoMandate::Amount => Self::NoMandateAmount,
        }
    }
}
