/// The form of a payload that was found valid, so that the next one like it need not be read item by
/// item.
///
/// A device sends the same map again and again; only numbers and texts differ. A template keeps a
/// payload with a mask over the bits that have to be the same: all but the arguments of numbers and,
/// in short texts of ASCII, the seven bits of each character. A payload of the same length that is
/// the same in those, and whose small integers are still small, has the same items at the same
/// places; what is left to judge is that its measurements are within their bounds. Only a yes is
/// final: whatever a template does not know, ``Profile/validate(_:payload:type:)`` judges.
struct PayloadTemplate {
    /// Bytes of the longest payload that has a template, eight to a word.
    static let maximumWords = 32
    /// Values of each kind.
    static let maximumValues = PayloadRecorder.capacity

    private(set) var form: PayloadForm
    private(set) var words = InlineArray<32, UInt64>(repeating: 0)
    /// Ones over the bits that have to be the same.
    private(set) var masks = InlineArray<32, UInt64>(repeating: 0)
    /// Where the integers are that lie in their first byte, behind the payload's first byte.
    private(set) var smallIntegers = InlineArray<16, UInt16>(repeating: 0)
    private(set) var measurements = InlineArray<16, PayloadMeasurement>(
        repeating: PayloadMeasurement())

    /// The form of a payload that ``Profile/validate(_:payload:type:)`` has passed.
    ///
    /// - Returns: Nil for a payload that is too long, or has too many values.
    init?(
        _ bytes: Span<UInt8>, _ payload: Range<Int>, _ type: PayloadType, profile: Profile
    ) {
        guard payload.count <= 8 * Self.maximumWords else { return nil }
        form = PayloadForm(type: type, length: payload.count)
        for index in 0..<(payload.count + 7) / 8 {
            words[index] = bytes.word(
                at: payload.lowerBound + 8 * index, before: payload.upperBound)
            masks[index] = .max
        }
        var recorder = PayloadRecorder(profile.shape(for: type), payload)
        do throws(Refusal) {
            try CBORWalk.validate(bytes, payload, watchedBy: &recorder)
        } catch {
            return nil
        }
        guard !recorder.isOverfull else { return nil }
        for index in 0..<recorder.count {
            add(recorder.values[index], bytes, payload)
        }
        guard let device = CBORScan.deviceID(in: bytes, payload) else { return }
        guard !device.isChunked else { return nil }
        form.deviceStart = Int16(device.range.lowerBound - payload.lowerBound)
        form.deviceBytes = Int16(device.range.count)
    }

    /// Lets a value differ as far as it may, and notes what has to be asked of it then.
    private mutating func add(
        _ value: PayloadRecorder.Value, _ bytes: Span<UInt8>, _ payload: Range<Int>
    ) {
        let place = payload.lowerBound + value.place
        guard let head = CBORHead(bytes, at: place, limit: payload.upperBound) else { return }
        let argument = place + 1..<head.end
        switch head.major {
        case .unsigned, .negative:
            if argument.isEmpty {
                loosen(place..<place + 1, to: 0xE0, payload)
                smallIntegers[form.smallIntegers] = UInt16(value.place)
                form.smallIntegers += 1
            }
            loosen(argument, to: 0, payload)
        case .simple where (25...27).contains(head.information):
            loosen(argument, to: 0, payload)
        case .text where !head.isIndefinite && head.argument <= UInt64(ShortText.maximumBytes):
            let content = head.end..<head.end + Int(head.argument)
            if ShortText(bytes, content).isASCII { loosen(content, to: 0x80, payload) }
        case .byteString where !head.isIndefinite:
            loosen(head.end..<head.end + Int(head.argument), to: 0, payload)
        default: return
        }
        guard let shape = value.measurement else { return }
        measurements[form.measurements] = PayloadMeasurement(
            shape: shape, place: UInt16(value.place))
        form.measurements += 1
    }

    private mutating func loosen(_ places: Range<Int>, to mask: UInt8, _ payload: Range<Int>) {
        for place in places {
            let (word, byte) = (place - payload.lowerBound).quotientAndRemainder(dividingBy: 8)
            masks[word] &= ~(0xFF &<< UInt64(8 * byte)) | UInt64(mask) &<< UInt64(8 * byte)
        }
    }

}

/// What a template is told by at first.
struct PayloadForm: Sendable {
    var type = PayloadType.telemetry
    /// Bytes of the payload; 0 for the form that nothing has.
    var length = 0
    var smallIntegers = 0
    var measurements = 0
    /// Where the text of `device_id` begins behind the payload's first byte, and its bytes; -1 where
    /// there is none.
    var deviceStart: Int16 = -1
    var deviceBytes: Int16 = 0

    /// The text of `device_id` in a payload of this form, as ``CBORScan`` finds it.
    @inline(always)
    func deviceID(in payload: Range<Int>) -> CBORString? {
        guard deviceStart >= 0 else { return nil }
        let start = payload.lowerBound &+ Int(deviceStart)
        return CBORString(range: start..<start &+ Int(deviceBytes), isChunked: false)
    }
}

/// A number of which a profile asks for more than its type.
struct PayloadMeasurement: Sendable {
    /// Whose bounds it has to keep.
    var shape = ProfileShape.Name.pressure
    /// Behind the payload's first byte.
    var place: UInt16 = 0

    @inline(always)
    func holds(_ bytes: Span<UInt8>, _ payload: Range<Int>) -> Bool {
        guard let bounds = ProfileShape[shape].bounds,
            let head = CBORHead(
                bytes, at: payload.lowerBound &+ Int(place), limit: payload.upperBound)
        else { return false }
        return CBORScalar(number: head).isInside(bounds)
    }
}
