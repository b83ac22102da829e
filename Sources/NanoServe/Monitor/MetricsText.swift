import NanoCore

/// Writes metric families in Prometheus' text format 0.0.4.
struct MetricsText {
    /// One number with its labels.
    struct Sample {
        var value: String
        var labels: KeyValuePairs<String, String>

        init(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
            self.value = MetricsText.number(value)
            self.labels = labels
        }

        init(_ value: UInt64, _ labels: KeyValuePairs<String, String> = [:]) {
            self.value = String(value)
            self.labels = labels
        }

        init(_ value: Int, _ labels: KeyValuePairs<String, String> = [:]) {
            self.value = String(value)
            self.labels = labels
        }
    }

    private(set) var bytes: [UInt8] = []

    mutating func counter(_ name: String, _ help: String, _ samples: [Sample]) {
        family(name, help, "counter", samples)
    }

    mutating func gauge(_ name: String, _ help: String, _ samples: [Sample]) {
        family(name, help, "gauge", samples)
    }

    private mutating func family(
        _ name: String, _ help: String, _ kind: String, _ samples: [Sample]
    ) {
        guard !samples.isEmpty else { return }
        head(name, help, kind)
        for sample in samples { line(name, Array(sample.labels), sample.value) }
    }

    /// A histogram for each set of labels; times in seconds.
    mutating func histogram(
        _ name: String, _ help: String,
        _ members: [(times: QuantileSnapshot, labels: KeyValuePairs<String, String>)]
    ) {
        guard !members.isEmpty else { return }
        head(name, help, "histogram")
        for (times, labels) in members {
            let labels = Array(labels)
            for (bound, count) in zip(Histogram.bucketBoundsNanoseconds, times.buckets) {
                let limit = Self.number(Double(bound) / 1e9)
                line(name + "_bucket", labels + [("le", limit)], String(count))
            }
            line(name + "_bucket", labels + [("le", "+Inf")], String(times.count))
            line(name + "_sum", labels, Self.number(times.sumMicroseconds / 1e6))
            line(name + "_count", labels, String(times.count))
        }
    }

    private mutating func head(_ name: String, _ help: String, _ kind: String) {
        bytes += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n".utf8
    }

    private mutating func line(
        _ name: String, _ labels: [(key: String, value: String)], _ value: String
    ) {
        bytes += name.utf8
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
            bytes += "{\(pairs.joined(separator: ","))}".utf8
        }
        bytes += " \(value)\n".utf8
    }

    /// A label's value: backslash, quote and line feed are escaped.
    private static func escaped(_ text: String) -> String {
        var safe = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": safe += "\\\\"
            case "\"": safe += "\\\""
            case "\n": safe += "\\n"
            default: safe.unicodeScalars.append(character)
            }
        }
        return safe
    }

    private static func number(_ value: Double) -> String {
        value.isNaN ? "NaN" : value == .infinity ? "+Inf" : "\(value)"
    }
}
