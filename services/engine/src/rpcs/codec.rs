use bytes::{Buf as _, Bytes};
use idesluss_proto::Rpc;
use std::marker::PhantomData;
use tonic::codec::{Codec, DecodeBuf, Decoder};
use tonic::{Code, Status};
use tonic_prost::ProstEncoder;

/// A request with the bytes that it came as, which tell whether a repeated command is the same.
pub(super) struct Received<R> {
    pub(super) message: R,
    pub(super) bytes: Bytes,
}

/// Reads requests as [`Received`].
pub(super) struct ReceivingCodec<R>(PhantomData<R>);

impl<R> Default for ReceivingCodec<R> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<R: Rpc> Codec for ReceivingCodec<R> {
    type Encode = R::Response;
    type Decode = Received<R>;
    type Encoder = ProstEncoder<R::Response>;
    type Decoder = Self;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder::default()
    }

    fn decoder(&mut self) -> Self {
        Self::default()
    }
}

impl<R: Rpc> Decoder for ReceivingCodec<R> {
    type Item = Received<R>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Received<R>>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        let message = R::decode(bytes.clone());
        let message = message.map_err(|error| Status::new(Code::InvalidArgument, error.to_string()))?;
        Ok(Some(Received { message, bytes }))
    }
}
