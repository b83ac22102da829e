/// Waits for the first packet of a device that is being set up, and says what is wrong with what comes
/// in its place.
///
/// A value without clocks: it is shown verdicts as they come. One that is shown twice counts once,
/// unless more has been found out about it since.
public struct ProvisionWatch: Sendable {
    public let model: ModelID
    /// As it stands in payloads; nil for any device of the model.
    public let device: String?
    /// Verdicts from before are not about it, in Unix milliseconds.
    public let sinceUnixMilliseconds: Int64

    /// What a verdict adds to what is known.
    public enum News: Equatable, Sendable {
        /// The first packet was accepted, which ends the watch.
        case accepted(String)
        /// What is wrong with what comes, in a sentence that ends in what to do.
        case refused(String)
        /// What may be its packets under another id, while none has come under its own.
        case misnamed(String)
        /// What is wrong with frames of the model that name no device, from where it has not been heard.
        case nameless(String)
        /// Frames with its name are of another model.
        case otherModel(String)
        /// What somebody sends is no frame, which may be the device.
        case noFrames(String)
    }

    /// What is known: the newest fault, or that the first packet has come. Nil while nothing has.
    public private(set) var news: News?
    /// Faults that have been told, by what makes them another.
    private var told: Set<String> = []
    /// Addresses, without their ports, that have sent frames with its name.
    private var hosts: Set<String> = []
    private var strays: ProvisionStrays

    /// Ids of the model that were refused before the watch began: no new devices.
    private var refusedBefore: Set<String> = []

    /// Ids that are remembered, at most: as many as a gateway keeps rejections.
    private static let mostIDs = 512
    /// Different faults of one device that are told, at most: attackers can make up no more.
    private static let mostFaults = 64
    /// Addresses that are remembered, at most: whoever knows its name may send it.
    private static let mostHosts = 64
    /// In which why a MAC failed has been found out, unless there are too many.
    private static let examinationMilliseconds: Int64 = 1_000

    public init(model: ModelID, device: String?, sinceUnixMilliseconds: Int64) {
        self.model = model
        self.device = device
        self.sinceUnixMilliseconds = sinceUnixMilliseconds
        strays = ProvisionStrays(
            model: model, device: device, sinceUnixMilliseconds: sinceUnixMilliseconds)
    }

    /// Whether the first packet has come.
    public var isOver: Bool {
        if case .accepted = news { true } else { false }
    }

    /// Takes in a verdict.
    ///
    /// - Returns: What has not been told yet; nil for what is known, or is about others.
    public mutating func note(_ record: PacketRecord) -> News? {
        guard !isOver, record.unixMilliseconds >= sinceUnixMilliseconds, record.model == model
        else { return nil }
        guard let refusal = record.refusal else {
            let isNamedOrAny = record.deviceID.map(isNamed) ?? (device == nil)
            return isNamedOrAny ? accept(record.deviceID, record.address) : nil
        }
        if let id = record.deviceID, !isNamed(id) { return nil }
        let isItsOwn = isItsOwn(record)
        let words = Self.words(refusal, record)
        // A fault that was seen may be told anew with its newest numbers, but is no news.
        let fault =
            isItsOwn
            ? News.refused(words)
            : .nameless(
                "from a device that does not name itself, at "
                    + "\(SafeText.escaped(String(record.host))): \(words)")
        if isItsOwn || mayBeUnknown { news = fault }
        let name =
            "\(isItsOwn) \(refusal.reason.name) \(refusal.detail.name) \(record.diagnosis ?? "")"
        guard told.count < Self.mostFaults, told.insert(name).inserted else { return nil }
        return fault
    }

    /// Whether nothing is known that was certainly sent by it.
    private var mayBeUnknown: Bool {
        switch news {
        case nil, .nameless, .misnamed, .otherModel, .noFrames: true
        case .accepted, .refused: false
        }
    }

    /// Takes in what a snapshot lists; its devices tell of packets that its lists have lost.
    ///
    /// - Returns: What has not been told yet.
    @discardableResult
    public mutating func note(_ snapshot: Snapshot) -> [News] {
        let now = snapshot.gateway.unixMilliseconds
        noteBefore(snapshot.rejections)
        var news = snapshot.rejections.filter { !Self.isExamined($0, at: now) }
            .compactMap { note($0) }
        news += snapshot.packets.compactMap { note($0) }
        let row = snapshot.devices.first { row in
            row.model == model && row.accepted > 0 && isNamed(row.id)
                && row.lastSeenUnixMilliseconds >= sinceUnixMilliseconds
        }
        if !isOver, let row { news.append(accept(row.id, row.address)) }
        if let hint = noteOtherName(in: snapshot) { news.append(hint) }
        return news + noteStrays(in: snapshot)
    }

    /// Looks for what may be the device, though nothing in it says so.
    private mutating func noteStrays(in snapshot: Snapshot) -> [News] {
        let hints = strays.hints(in: snapshot, hosts: hosts)
        guard !isOver else { return [] }
        return hints.compactMap { hint in
            if outranks(hint.news) { news = hint.news }
            guard told.count < Self.mostFaults, told.insert(hint.key).inserted else { return nil }
            return hint.news
        }
    }

    /// Whether a hint says more than what is known. Bytes that are no frames may be anybody's.
    private func outranks(_ hint: News) -> Bool {
        switch (news, hint) {
        case (nil, _), (.noFrames, _): true
        case (_, .noFrames): false
        default: mayBeUnknown
        }
    }

    /// Remembers who was refused before the watch began.
    private mutating func noteBefore(_ rejections: [PacketRecord]) {
        for record in rejections where record.unixMilliseconds < sinceUnixMilliseconds {
            guard record.model == model, let id = record.deviceID,
                refusedBefore.count < Self.mostIDs
            else { continue }
            refusedBefore.insert(id)
        }
    }

    /// Looks for a device that nobody has heard before: it may be the one that is waited for.
    private mutating func noteOtherName(in snapshot: Snapshot) -> News? {
        guard mayBeUnknown, let device, let id = newName(in: snapshot) else { return nil }
        let hint = News.misnamed(
            "a device that calls itself \(SafeText.shortened(id, to: 64)) sends for the first time; if it "
                + "is this one, its device_id has to be \(SafeText.shortened(device, to: 64))")
        news = hint
        return told.count < Self.mostFaults && told.insert("name \(id)").inserted ? hint : nil
    }

    /// The id of a device of the model that was accepted for the first time, or whose MAC fails and that
    /// never was.
    private func newName(in snapshot: Snapshot) -> String? {
        let rows = snapshot.devices.filter { $0.model == model }
        let new = rows.first {
            $0.firstSeenUnixMilliseconds >= sinceUnixMilliseconds && !isNamed($0.id)
        }
        if let new { return new.id }
        let failing = snapshot.rejections.last { record in
            record.model == model && record.refusal?.reason == .macMismatch
                && record.unixMilliseconds >= sinceUnixMilliseconds
                && record.deviceID.map { !isNamed($0) && !refusedBefore.contains($0) } ?? false
        }
        guard let id = failing?.deviceID else { return nil }
        return rows.contains { $0.id.utf8.elementsEqual(id.utf8) } ? nil : id
    }

    /// Whether why a MAC failed is being found out still.
    private static func isExamined(_ record: PacketRecord, at now: Int64) -> Bool {
        record.refusal?.reason == .macMismatch && record.diagnosis == nil
            && now - record.unixMilliseconds < examinationMilliseconds
    }

    private mutating func accept(_ device: String?, _ address: String) -> News {
        let name = device.map { " of \(SafeText.shortened($0, to: 64))" } ?? ""
        let first = News.accepted(
            "first packet\(name) accepted, from \(SafeText.escaped(address))")
        news = first
        return first
    }

    /// Whether a verdict is about a frame of the device: one that names it or, where no name can be read,
    /// that comes from where it was named before.
    private mutating func isItsOwn(_ record: PacketRecord) -> Bool {
        let host = String(record.host)
        guard let id = record.deviceID else { return device == nil || hosts.contains(host) }
        guard isNamed(id) else { return false }
        if hosts.count < Self.mostHosts { hosts.insert(host) }
        return true
    }

    /// Ids are compared as bytes, never by Unicode equivalence.
    private func isNamed(_ id: String) -> Bool {
        device.map { $0.utf8.elementsEqual(id.utf8) } ?? true
    }

    private static func words(_ refusal: Refusal, _ record: PacketRecord) -> String {
        let (fault, remedy) = fault(refusal, record)
        return "\(SafeText.escaped(fault)); \(remedy)"
    }

    private static func fault(
        _ refusal: Refusal, _ record: PacketRecord
    ) -> (fault: String, remedy: String) {
        if refusal.detail.isOfRegistry { return (refusal.words, admission(refusal, record)) }
        return switch refusal.reason {
        case .timestampFuture, .timestampDrift, .timestampAncient:
            (clock(refusal), "set its clock, by SNTP for instance, before it sends")
        case .securityTooLow:
            (refusal.words, "put a higher level into the low nibble of the flags, and its MAC")
        case .macMismatch:
            (
                record.diagnosis ?? refusal.words,
                record.diagnosis == nil
                    ? "compare its key, and that it signs header and payload"
                    : "mend that in its firmware"
            )
        case .replay: (refusal.words, "no two frames of a device may be the same")
        case .replayStale: (refusal.words, "send with the time of now")
        case .rateLimited: (refusal.words, "send fewer frames a second")
        case .unknownModel: (refusal.words, "make one with nanogridata secrets init")
        default: (refusal.words, "docs/protocol.md says how it has to be")
        }
    }

    /// How an operator has the registry let a device in; nothing is wrong with its firmware.
    private static func admission(_ refusal: Refusal, _ record: PacketRecord) -> String {
        let model = record.model.map(\.description) ?? "MODEL"
        // Whatever is in an id, nobody is given it to be pasted into a shell.
        let device = record.deviceID.map { id in
            let isPlain = id.utf8.allSatisfy { byte in
                let letter = Character(Unicode.Scalar(byte))
                return letter.isASCII
                    && (letter.isLetter || letter.isNumber || "-_.".contains(letter))
            }
            return isPlain && !id.isEmpty ? SafeText.shortened(id, to: 64) : "DEVICE"
        }
        let command = "nanogridata devices approve \(model) \(device ?? "\"\"")"
        return refusal.detail == .deviceUnknown
            ? "approve it, with w in the console's Devices or \(command)"
            : "where that is not meant any more, \(command)"
    }

    private static func clock(_ refusal: Refusal) -> String {
        guard case .integer(let seconds) = refusal.observed else { return refusal.words }
        let side = refusal.reason == .timestampFuture ? "ahead" : "behind"
        return "its clock is \(PlainWords.count(seconds.magnitude)) s \(side), at most "
            + "\(refusal.bound) s are allowed"
    }
}
