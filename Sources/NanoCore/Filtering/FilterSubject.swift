/// What a row has to offer to a filter.
///
/// Its texts are the row's own, so making one copies nothing.
package struct FilterSubject: Sendable {
    package var model: ModelID?
    /// Of an address those of all its frames.
    package var reasons = RefusalSet()
    package var device: String?
    package var route: String?
    package var address: String?
    package var type: String?
    package var level: String?
    package var verdict: String?
    package var state: String?
    package var status: String?
    package var from: String?
    /// Text that only words are looked for in.
    package var text: String?
    package var moreText: String?
    /// Milliseconds of Unix time; nil where none is known.
    package var unixMilliseconds: Int64?
    package var generation: Int?
    /// The frame's, in bytes.
    package var size: Int?
    /// The device's clock less the gateway's, in seconds.
    package var clockSeconds: Double?
    /// Packets a second.
    package var rate: Double?
    package var accepted: UInt64?
    package var refused: UInt64?
    package var waiting: UInt64?
    package var dead: UInt64?

    package init() {}

    func text(_ key: FilterKey) -> String? {
        switch key {
        case .device: device
        case .route: route
        case .address: address
        case .type: type
        case .level: level
        case .verdict: verdict
        case .state: state
        case .status: status
        case .from: from
        default: nil
        }
    }

    func number(_ key: FilterKey) -> Double? {
        switch key {
        case .generation: generation.map(Double.init)
        case .size: size.map(Double.init)
        case .clock: clockSeconds
        case .rate: rate
        case .accepted: accepted.map(Double.init)
        case .refused: refused.map(Double.init)
        case .waiting: waiting.map(Double.init)
        case .dead: dead.map(Double.init)
        default: nil
        }
    }

    /// Whether a word is in one of the texts that lists show of the row.
    func holds(_ word: FilterPattern) -> Bool {
        holds(word, device) || holds(word, address) || holds(word, text) || holds(word, moreText)
            || holds(word, route) || holds(word, status) || holds(word, from)
            || holds(word, state) || holds(word, type) || holds(word, level)
            || holds(word, verdict)
    }

    private func holds(_ word: FilterPattern, _ text: String?) -> Bool {
        text.map(word.isIn) ?? false
    }
}
