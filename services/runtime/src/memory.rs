//! Where every process of the instance gets its memory: many small pieces, taken by one thread and given back by another, are what
//! these services do, and the system's allocator spends a tenth of their processor time on it.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
