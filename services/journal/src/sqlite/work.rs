//! A piece of work for the writer, and the one who waits for it.

use super::error::WriteError;
use super::rows::Batch;
use crate::AppendError;
use tokio::sync::oneshot;

/// Something that the writer does inside a transaction and answers after the commit.
pub(super) trait Work: Send {
    /// Does it, or notes why not. An error means that the whole batch must be rolled back.
    ///
    /// It may run again after a rollback.
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<(), rusqlite::Error>;

    /// Answers: what was noted if the batch is durable, else the batch's error.
    fn finish(self: Box<Self>, fate: Result<(), AppendError>);
}

struct Task<T, F> {
    run: F,
    noted: Option<Result<T, AppendError>>,
    answer: oneshot::Sender<Result<T, AppendError>>,
}

impl<T, F> Work for Task<T, F>
where
    T: Send,
    F: Fn(&mut Batch<'_>) -> Result<T, WriteError> + Send,
{
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<(), rusqlite::Error> {
        self.noted = Some(match (self.run)(batch) {
            Ok(value) => Ok(value),
            Err(WriteError::Refused(error)) => Err(error),
            Err(WriteError::Database(error)) => return Err(error),
        });
        Ok(())
    }

    fn finish(self: Box<Self>, fate: Result<(), AppendError>) {
        let noted = self
            .noted
            .unwrap_or_else(|| Err(AppendError::Closed("the writer did not come to it".into())));
        // A caller that has gone away is told nothing; its work stands all the same.
        let _ = self.answer.send(fate.and(noted));
    }
}

/// Wraps `run` for the writer's queue, with the place to wait for its answer.
pub(super) fn task<T, F>(run: F) -> (Box<dyn Work>, oneshot::Receiver<Result<T, AppendError>>)
where
    T: Send + 'static,
    F: Fn(&mut Batch<'_>) -> Result<T, WriteError> + Send + 'static,
{
    let (answer, wait) = oneshot::channel();
    (
        Box::new(Task {
            run,
            noted: None,
            answer,
        }),
        wait,
    )
}
