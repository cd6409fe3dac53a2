//! The exports for process-mining tools, from outside: lines in, files out.

mod agree;
mod books;
mod foreign;
mod forms;
mod history;
mod ocel;
mod samples;
