/// The forms in which the devices of each model send, for one event loop.
///
/// What is learned comes from accepted frames alone. There is a place for each of sixteen lengths of
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
    private var smallIntegers: [UInt16]
    private var measurements: [PayloadMeasurement]

    /// - Parameter models: How many there are; each is known by its place.
    init(models: Int) {
        let count = models * Self.slotsPerModel
        slots = Array(repeating: Slot(), count: count)
        words = Array(repeating: 0, count: count * PayloadTemplate.maximumWords)
        masks = words
        smallIntegers = Array(repeating: 0, count: count * PayloadTemplate.maximumValues)
        measurements = Array(
            repeating: PayloadMeasurement(), count: count * PayloadTemplate.maximumValues)
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
        if place < payload.upperBound {
            let last = bytes.word(at: place, before: payload.upperBound)
            guard (last ^ words[index]) & masks[index] == 0 else { return nil }
        }
        // One that is not small any more moves all that is behind it, the `device_id` too.
        let first = slot &* PayloadTemplate.maximumValues
        for index in first..<first &+ form.smallIntegers {
            let initial = bytes[payload.lowerBound &+ Int(smallIntegers[index])]
            guard initial & 0x1F < 24 else { return nil }
        }
        return slot
    }

    /// The text of `device_id` in a payload that fits the template at a place.
    @inline(always)
    func deviceID(in frame: FrameBounds, at slot: Int) -> CBORString? {
        slots[slot].form.deviceID(in: frame.payload)
    }

    /// Whether the measurements in a payload that fits the template at a place are within bounds.
    @inline(always)
    mutating func holds(_ bytes: Span<UInt8>, _ frame: FrameBounds, at slot: Int) -> Bool {
        slots[slot].misses = 0
        let first = slot &* PayloadTemplate.maximumValues
        for index in first..<first &+ slots[slot].form.measurements {
            guard measurements[index].holds(bytes, frame.payload) else { return false }
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
        for index in 0..<PayloadTemplate.maximumValues {
            let place = slot * PayloadTemplate.maximumValues + index
            smallIntegers[place] = template.smallIntegers[index]
            measurements[place] = template.measurements[index]
        }
    }

    @inline(always)
    private func slot(_ frame: FrameBounds, _ model: Int) -> Int {
        model &* Self.slotsPerModel &+ frame.header.payloadLength & (Self.slotsPerModel &- 1)
    }
}
