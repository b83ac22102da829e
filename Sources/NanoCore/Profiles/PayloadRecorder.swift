/// Notes the values of a payload that is known to be valid, and which of them are measurements.
struct PayloadRecorder: CBORWatcher {
    /// A value that holds no others.
    struct Value {
        /// Behind the payload's first byte.
        var place = 0
        /// The shape whose bounds it has to keep.
        var measurement: ProfileShape.Name?
    }

    /// Values that a template may have.
    static let capacity = 16

    private(set) var values = InlineArray<16, Value>(repeating: Value())
    private(set) var count = 0
    /// Whether there were more values than there is room for.
    private(set) var isOverfull = false
    private let start: Int
    private var judge: ProfileJudge?

    init(_ shape: ProfileShape.Name?, _ payload: Range<Int>) {
        start = payload.lowerBound
        judge = shape.map { ProfileJudge($0, payload) }
    }

    mutating func key(_ key: CBORKey, in bytes: Span<UInt8>) {
        judge?.key(key, in: bytes)
    }

    mutating func value(_ value: CBORScalar, at position: Int) {
        if count < Self.capacity {
            values[count] = Value(place: position - start, measurement: judge?.measured)
            count += 1
        } else {
            isOverfull = true
        }
        judge?.value(value, at: position)
    }

    mutating func open(isMap: Bool, at position: Int) {
        judge?.open(isMap: isMap, at: position)
    }

    mutating func close() {
        judge?.close()
    }
}
