/// The forms in which the devices of each model send, for one event loop.
///
/// What is learned comes from verified frames alone. There is a place for each of sixteen lengths of
/// a model's payloads; a form gives its place up when several payloads in a row were not like it.
/// The parts of all templates lie side by side, since one with all its parts is too large to be
/// copied for every frame.
struct PayloadTemplates: Sendable {
    private struct Slot {
        var form = PayloadForm()
        /// Valid payloads in a row that did not have the form.
        var misses: UInt8 = 0
        /// With how many of them the place gets another form.
        var patience: UInt8 = 1
    }

    private static let slotsPerModel = 16
    /// So few that a fleet which changes its form is soon known again.
    private static let patience: UInt8 = 4
    /// Behind a payload that has no template: the next one will hardly have one.
    private static let longPatience: UInt8 = 255

    private var slots: [Slot]
    private var words: [UInt64]
    private var masks: [UInt64]
    private var checks: [PayloadCheck]

    /// - Parameter models: How many there are; each is known by its place.
    init(models: Int) {
        let count = models * Self.slotsPerModel
        slots = Array(repeating: Slot(), count: count)
        words = Array(repeating: 0, count: count * PayloadTemplate.maximumWords)
        masks = words
        checks = Array(repeating: PayloadCheck(), count: count * PayloadTemplate.maximumChecks)
    }

    /// The place of the template that a payload fits, of which nothing has been checked yet.
    @inline(always)
    func find(_ bytes: Span<UInt8>, _ frame: FrameBounds, model: Int) -> Int? {
        let (slot, payload) = (slot(frame, model), frame.payload)
        let form = slots[slot].form
        guard form.length == payload.count, form.type == frame.header.type, form.length > 0 else {
            return nil
        }
        var (index, place) = (slot &* PayloadTemplate.maximumWords, payload.lowerBound)
        while place &+ 8 <= payload.upperBound {
            guard (bytes.word(at: place) ^ words[index]) & masks[index] == 0 else { return nil }
            index &+= 1
            place &+= 8
        }
        guard place < payload.upperBound else { return slot }
        let last = bytes.word(at: place, before: payload.upperBound)
        return (last ^ words[index]) & masks[index] == 0 ? slot : nil
    }

    /// The text of `device_id` in a payload that fits the template at a place.
    @inline(always)
    func deviceID(in frame: FrameBounds, at slot: Int) -> CBORString? {
        slots[slot].form.deviceID(in: frame.payload)
    }

    /// Whether the values of a payload that fits the template at a place are valid.
    @inline(always)
    mutating func holds(_ bytes: Span<UInt8>, _ frame: FrameBounds, at slot: Int) -> Bool {
        slots[slot].misses = 0
        let first = slot &* PayloadTemplate.maximumChecks
        for index in first..<first &+ slots[slot].form.checks {
            guard checks[index].holds(bytes, frame.payload) else { return false }
        }
        return true
    }

    /// Learns from a valid payload of a verified frame that fitted no template.
    @inline(never)
    mutating func learn(
        _ bytes: Span<UInt8>, _ frame: FrameBounds, model: Int, profile: Profile
    ) {
        let slot = slot(frame, model)
        slots[slot].misses &+= 1
        guard slots[slot].misses >= slots[slot].patience else { return }
        slots[slot].misses = 0
        slots[slot].patience = Self.longPatience
        guard
            let template = PayloadTemplate(
                bytes, frame.payload, frame.header.type, profile: profile)
        else { return }
        slots[slot].patience = Self.patience
        slots[slot].form = template.form
        for index in 0..<PayloadTemplate.maximumWords {
            words[slot * PayloadTemplate.maximumWords + index] = template.words[index]
            masks[slot * PayloadTemplate.maximumWords + index] = template.masks[index]
        }
        for index in 0..<PayloadTemplate.maximumChecks {
            checks[slot * PayloadTemplate.maximumChecks + index] = template.checks[index]
        }
    }

    @inline(always)
    private func slot(_ frame: FrameBounds, _ model: Int) -> Int {
        model &* Self.slotsPerModel &+ frame.header.payloadLength & (Self.slotsPerModel &- 1)
    }
}
