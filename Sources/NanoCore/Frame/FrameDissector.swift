/// Walks a frame's fields in the order of the bytes, until one is at fault.
struct FrameDissector {
    let frame: [UInt8]
    let refusal: Refusal?
    /// The opened payload; empty where it was not encrypted.
    let plain: [UInt8]
    /// Whether each field of the header has a line of its own, and bytes that were not read have one. Why
    /// a field fails is then said by whoever shows them.
    let isFieldByField: Bool
    var lines: [Dissection.Line] = []
    private var isStopped = false

    init(frame: [UInt8], refusal: Refusal?, plain: [UInt8], isFieldByField: Bool) {
        self.frame = frame
        self.refusal = refusal
        self.plain = plain
        self.isFieldByField = isFieldByField
    }

    mutating func run() {
        magic()
        if isFieldByField {
            addHeaderFields()
        } else {
            kind()
            sizes()
        }
        body()
        if isFieldByField { addUnread() }
    }

    func byte(_ offset: Int) -> UInt8 { offset < frame.count ? frame[offset] : 0 }

    var level: SecurityLevel? { SecurityLevel(rawValue: byte(5) & 0x0F) }
    var payloadLength: Int { Int(byte(6)) << 8 | Int(byte(7)) }
    var timestamp: UInt32 {
        (8..<12).reduce(0) { $0 << 8 | UInt32(byte($1)) }
    }

    /// Adds a line for the bytes in `range`, as far as they are there.
    mutating func add(
        _ range: Range<Int>, _ field: String, _ meaning: String, _ mark: Dissection.Mark,
        depth: Int = 0
    ) {
        guard !isStopped else { return }
        let there = range.clamped(to: 0..<frame.count)
        var line = Dissection.Line(
            offset: range.lowerBound, bytes: Array(frame[there]), field: field, meaning: meaning,
            mark: mark)
        line.depth = depth
        if mark != .failed, there.count < range.count {
            line.mark = .failed
            line.meaning =
                "truncated: \(range.count) bytes expected, \(there.count) found"
        }
        isStopped = line.mark == .failed
        lines.append(line)
    }

    private mutating func magic() {
        let isMagic = byte(0) == FrameHeader.magic.0 && byte(1) == FrameHeader.magic.1
        guard isMagic || frame.count < 2 else {
            let found = Hexadecimal.text(frame.prefix(2))
            guard !isFieldByField else { return add(0..<2, "magic", found, .failed) }
            return add(
                0..<max(2, frame.count), "magic",
                "expected c1 53, found \(found): these bytes start no frame", .failed)
        }
        add(0..<2, "magic", "", .passed)
    }

    private mutating func kind() {
        let typeName = typeName
        let summary = "version \(byte(2)) · model \(modelName) · \(typeName) · level \(levelName)"
        let fault = kindFault
        add(2..<6, fault == nil ? "" : "kind", fault ?? summary, fault == nil ? .passed : .failed)
    }

    private mutating func sizes() {
        let reserved = UInt16(byte(12)) << 8 | UInt16(byte(13))
        let summary = "\(payloadLength) bytes · \(time) · reserved \(reserved)"
        let fault = sizesFault
        add(
            6..<14, fault == nil ? "" : "header", fault ?? summary, fault == nil ? .passed : .failed
        )
    }

    private mutating func body() {
        guard !isStopped, let level else { return }
        let payload = FrameHeader.length..<FrameHeader.length + payloadLength
        let mac = payload.upperBound..<payload.upperBound + level.macLength
        let macName = level == .none ? "CRC" : "MAC"
        switch refusal?.reason.stage {
        case nil:
            addPayload(payload, .passed)
            add(mac, macName, "\(mac.count) bytes hold", .passed)
        case .payload where refusal?.detail.isOfRegistry == true:
            addPayload(payload, .none)
            add(mac, macName, "\(mac.count) bytes hold", .passed)
            stopWhole("registry")
        case .payload where refusal?.isBeforeMAC == false:
            add(mac, macName, "\(mac.count) bytes hold", .passed)
            addPayload(payload, .passed)
        case .payload where refusal?.detail != .deviceUnnamed:
            add(mac, macName, "not looked at", .none)
            addPayload(payload, .none)
        case .framing:
            addPayload(payload, .none)
            add(mac, macName, "", .none)
            stop("truncated: the bytes end inside the frame")
        case .mac:
            addPayload(payload, .none)
            add(mac, macName, isFieldByField ? "" : refusal?.words ?? "", .failed)
        case .replay:
            addPayload(payload, .none)
            add(mac, macName, "\(mac.count) bytes hold", .passed)
            stopWhole("replay")
        case .admission, .time, .payload:
            addPayload(payload, .none)
            add(mac, macName, "not looked at", .none)
            stopWhole(refusal?.reason.name ?? "")
        }
    }

    /// Adds a failing line for a frame that is at fault as a whole and in none of its bytes: it
    /// has come before, or too soon.
    private mutating func stopWhole(_ field: String) {
        let words = isFieldByField ? "" : refusal?.words ?? ""
        add(frame.count..<frame.count, field, words, .failed)
    }

    /// Adds a failing line behind the last byte, unless one has failed before.
    mutating func stop(_ meaning: String) {
        add(frame.count..<frame.count, "", meaning, .failed)
    }

    /// Adds the payload as one line, and its items as a tree.
    private mutating func addPayload(_ range: Range<Int>, _ mark: Dissection.Mark) {
        guard !isStopped else { return }
        guard range.upperBound <= frame.count else {
            return add(range, "payload", "", mark)
        }
        let isJudged = refusal.map(Self.isOfPayload) ?? false
        if !isJudged {
            add(range, "payload", CBORDiagnostic.line(frame, range, atMost: 160), mark)
            lines[lines.count - 1].isSummary = true
        }
        let isTelemetry = byte(4) == PayloadType.telemetry.rawValue
        var tree = PayloadTree(
            frame, range,
            profile: isTelemetry ? .standard(for: ModelID(rawValue: byte(3))) : nil,
            fault: isJudged ? refusal : nil)
        for item in tree.items() {
            add(
                item.range, item.field, item.isFault && isFieldByField ? "" : item.meaning,
                item.isFault ? .failed : mark, depth: item.depth)
        }
        addPlain(range)
        guard isJudged, let refusal else { return }
        if isFieldByField { stopWhole(refusal.reason.name) } else { stop(refusal.payloadWords) }
    }

    /// Whether it was the payload's own items that a refusal found fault with.
    private static func isOfPayload(_ refusal: Refusal) -> Bool {
        refusal.reason.stage == .payload && refusal.detail != .deviceUnnamed
            && !refusal.detail.isOfRegistry
    }

    /// Adds the items of the opened payload, below the ciphertext: byte for byte they are as long.
    private mutating func addPlain(_ payload: Range<Int>) {
        guard !plain.isEmpty, let sealed = SealedPayload(frame.span, payload) else { return }
        let isTelemetry = byte(4) == PayloadType.telemetry.rawValue
        var tree = PayloadTree(
            plain, plain.indices,
            profile: isTelemetry ? .standard(for: ModelID(rawValue: byte(3))) : nil, fault: nil)
        for item in tree.items() {
            var line = Dissection.Line(
                offset: sealed.start + item.range.lowerBound, bytes: Array(plain[item.range]),
                field: item.field, meaning: item.meaning, mark: .passed)
            line.depth = item.depth + 1
            line.sealed = sealed.ciphertext
            lines.append(line)
        }
    }
}
