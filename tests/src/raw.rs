//! Requests as bytes, for rpcs that are found in the contract rather than named in a test.

use crate::Way;
use http::uri::PathAndQuery;
use prost::bytes::{Buf as _, BufMut as _};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Status};

/// Sends one message of bytes to a unary rpc, such as `/idesluss.submission.v1.SubmissionCommandService/SubmitIdea`, in the name of whoever says
/// it.
pub async fn call(way: &Way, rpc: &str, request: Request<Vec<u8>>) -> Result<Vec<u8>, Status> {
    let mut grpc = Grpc::new(way.clone());
    grpc.ready()
        .await
        .map_err(|error| Status::unavailable(error.to_string()))?;
    let path: PathAndQuery = rpc.parse().map_err(|_| Status::internal("no rpc's name"))?;
    let answer = grpc.unary(request, path, Bytes).await?;
    Ok(answer.into_inner())
}

/// Bytes in, bytes out.
#[derive(Debug, Clone, Copy)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining()).to_vec()))
    }
}
