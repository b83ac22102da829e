import NanoCore

/// Judges what one device sent in a capture, from its beginning or from the first frame that can be
/// found.
struct CapturedConnection {
    /// When something was captured.
    struct Arrival {
        /// Number of the packet, from 1.
        let packet: Int
        let unixNanoseconds: Int64?
        /// The time to judge at.
        let now: Moment
    }

    private enum State {
        /// What the connection carries is not known yet.
        case beginning([UInt8], mayBeProxied: Bool)
        /// A frame is looked for, since these many bytes were not captured; nil where the capture
        /// begins in the middle.
        case seeking([UInt8], missingBytes: Int?)
        case judging(JudgedConnection)
        /// Nothing of it can be read, or nothing more of it counts.
        case ignoring
    }

    private let source: PacketSource
    private let place: CapturedPlace
    private var state: State
    /// Bytes that the device has sent, what is missing included.
    private var sentBytes = 0
    /// Bytes skipped since the search began.
    private var skippedBytes = 0

    init(_ number: Int, _ path: CapturedPath, isWhole: Bool) {
        source = PacketSource(connection: UInt64(number), address: path.source.hash)
        place = CapturedPlace(path)
        state =
            isWhole ? .beginning([], mayBeProxied: true) : .seeking([], missingBytes: nil)
    }

    mutating func take(_ bytes: [UInt8], _ arrival: Arrival, by judge: ConnectionJudge) {
        sentBytes += bytes.count
        advance(bytes, isLast: false, arrival, judge)
    }

    /// Goes on behind bytes that were not captured.
    mutating func miss(_ missingBytes: Int, _ arrival: Arrival, by judge: ConnectionJudge) {
        finish(.cutOff, arrival, by: judge)
        guard !isIgnored else { return }
        sentBytes += missingBytes
        state = .seeking([], missingBytes: missingBytes)
    }

    /// Judges what waits for more.
    mutating func finish(
        _ ending: JudgedEnding, _ arrival: Arrival, by judge: ConnectionJudge
    ) {
        advance([], isLast: true, arrival, judge)
        switch state {
        case .judging(var connection):
            connection.finish(ending, at: moment(arrival), by: judge)
        case .seeking(let bytes, let missingBytes):
            skippedBytes += bytes.count
            let note = CaptureNote.search(
                missingBytes: missingBytes, skippedBytes: skippedBytes, found: false)
            write(note, at: sentBytes - skippedBytes, arrival, judge)
        case .beginning, .ignoring: break
        }
        skippedBytes = 0
    }

    private var isIgnored: Bool {
        if case .ignoring = state { true } else { false }
    }

    private mutating func advance(
        _ new: [UInt8], isLast: Bool, _ arrival: Arrival, _ judge: ConnectionJudge
    ) {
        switch state {
        case .ignoring: break
        case .judging(let connection): follow(connection, new, arrival, judge)
        case .beginning(let bytes, let mayBeProxied):
            begin(bytes + new, mayBeProxied: mayBeProxied, isLast, arrival, judge)
        case .seeking(let bytes, let missingBytes):
            seek(bytes + new, missingBytes, isLast, arrival, judge)
        }
    }

    /// Tells what a connection carries by its first bytes.
    private mutating func begin(
        _ bytes: [UInt8], mayBeProxied: Bool, _ isLast: Bool, _ arrival: Arrival,
        _ judge: ConnectionJudge
    ) {
        var (bytes, mayBeProxied) = (bytes, mayBeProxied)
        while true {
            let start = sentBytes - bytes.count
            switch StreamKind(bytes, mayBeProxied: mayBeProxied, isLast: isLast) {
            case .undecided:
                state = .beginning(bytes, mayBeProxied: mayBeProxied)
                return
            case .encrypted:
                write(.tls, at: start, arrival, judge)
                state = .ignoring
                return
            case .proxied(let device, let length):
                write(.proxy(device: device), at: start, arrival, judge)
                bytes.removeFirst(length)
                mayBeProxied = false
            case .frames:
                follow(JudgedConnection(source: source, offset: start), bytes, arrival, judge)
                return
            }
        }
    }

    /// Looks for the first frame.
    private mutating func seek(
        _ bytes: [UInt8], _ missingBytes: Int?, _ isLast: Bool, _ arrival: Arrival,
        _ judge: ConnectionJudge
    ) {
        if missingBytes == nil, skippedBytes == 0, StreamKind.isTLSRecord(bytes) {
            write(.tls, at: sentBytes - bytes.count, arrival, judge)
            state = .ignoring
            return
        }
        switch FrameSeeker().look(bytes.span, isLast: isLast) {
        case .undecided(let skip):
            skippedBytes += skip
            state = .seeking(Array(bytes[skip...]), missingBytes: missingBytes)
        case .frame(let skip):
            skippedBytes += skip
            let start = sentBytes - bytes.count + skip
            let note = CaptureNote.search(
                missingBytes: missingBytes, skippedBytes: skippedBytes, found: true)
            write(note, at: start - skippedBytes, arrival, judge)
            skippedBytes = 0
            follow(
                JudgedConnection(source: source, offset: start), Array(bytes[skip...]), arrival,
                judge)
        }
    }

    private mutating func follow(
        _ connection: JudgedConnection, _ bytes: [UInt8], _ arrival: Arrival,
        _ judge: ConnectionJudge
    ) {
        var connection = connection
        // Nobody else may hold its bytes while they are changed.
        state = .ignoring
        connection.take(bytes[...], at: moment(arrival), by: judge)
        if connection.isClosed {
            connection.finish(.closed, at: moment(arrival), by: judge)
        } else {
            state = .judging(connection)
        }
    }

    private func moment(_ arrival: Arrival) -> JudgedMoment {
        JudgedMoment(
            line: arrival.packet, now: arrival.now,
            path: place.at(unixNanoseconds: arrival.unixNanoseconds))
    }

    private func write(
        _ note: CaptureNote, at offset: Int, _ arrival: Arrival, _ judge: ConnectionJudge
    ) {
        let place = VerdictPlace(
            line: arrival.packet, offset: offset,
            path: place.at(unixNanoseconds: arrival.unixNanoseconds))
        judge.writer.write(note, at: place, into: &judge.output.bytes)
    }
}

extension CapturedAddress {
    /// Spreads addresses over all bits.
    fileprivate var hash: UInt64 { (low &+ high &* 0xBF58_476D_1CE4_E5B9) &* 0x9E37_79B9_7F4A_7C15 }
}
