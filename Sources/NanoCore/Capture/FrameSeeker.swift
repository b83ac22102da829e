/// Finds where a frame begins in bytes that were met in the middle of a connection.
///
/// No secret is needed: a header is believed if another one stands behind its frame, or nothing more
/// comes.
public struct FrameSeeker {
    public init() {}

    /// What is known of the first bytes.
    public enum Finding: Equatable, Sendable {
        /// A frame begins behind these many bytes.
        case frame(at: Int)
        /// These many bytes begin no frame; what the ones behind them are takes more bytes to tell.
        case undecided(skip: Int)
    }

    /// Looks through bytes.
    ///
    /// - Parameter isLast: Whether nothing comes behind them: then a frame may be the last, and whole.
    public func look(_ bytes: Span<UInt8>, isLast: Bool) -> Finding {
        for start in bytes.indices {
            switch FrameHeader.read(bytes, at: start) {
            case .fault: continue
            case .incomplete: if !isLast { return .undecided(skip: start) }
            case .valid(let header):
                switch next(in: bytes, at: start + header.frameLength, isLast: isLast) {
                case .header: return .frame(at: start)
                case .other: continue
                case .undecided: return .undecided(skip: start)
                }
            }
        }
        return .undecided(skip: bytes.count)
    }

    private enum Next {
        case header, other, undecided
    }

    /// What stands behind a frame: the whole header decides, however the bytes are cut.
    private func next(in bytes: Span<UInt8>, at place: Int, isLast: Bool) -> Next {
        guard place <= bytes.count else { return isLast ? .other : .undecided }
        switch FrameHeader.read(bytes, at: place) {
        case .fault: return .other
        case .valid: return .header
        case .incomplete: return isLast ? .header : .undecided
        }
    }
}
