//! The real binary, from outside: gRPC, command line, kill.

mod apart;
mod attacks;
mod audit;
mod browser;
mod crawl;
mod demo;
mod doctor;
mod durable;
mod erasure;
mod everything;
mod faults;
mod import;
mod keys;
mod kill;
mod limits;
mod pages;
mod paraphrases;
mod revision;
mod sharing;
mod signed;
mod skeleton;
mod storm;
mod tampering;
mod telemetry;
mod web;
mod wrong;
