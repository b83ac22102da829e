/// Tells of frames that were refused before their MAC was looked at whether they are genuine.
///
/// It hashes each frame once for every key of its model, so it is for the operator's few and never in
/// the way of a packet.
public struct FrameProof: Sendable {
    private let verifier: FrameVerifier

    public init(keys: KeyTable) {
        verifier = FrameVerifier(keys: keys)
    }

    /// Whether a frame's MAC holds under a secret that is valid. A CRC, which anybody can make, proves
    /// nothing.
    ///
    /// - Parameter frame: A whole frame.
    public func holds(_ frame: [UInt8]) -> Bool {
        guard let bounds = FrameBounds(readingAt: 0, in: frame.span),
            bounds.header.level != .none
        else { return false }
        return verifier.probe(bounds, frame.span, budget: .max)?.holds ?? false
    }
}
