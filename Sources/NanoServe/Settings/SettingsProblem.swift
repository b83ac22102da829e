/// Where a setting stands, for people: `nanogridata.yaml:12: routes.alba.batch_events`,
/// `environment METRICS_PORT`, `option --port`.
struct SettingsPlace: Equatable, CustomStringConvertible, ExpressibleByStringLiteral {
    let description: String
    /// In the file; nil for what stands elsewhere.
    let line: Int?

    init(_ description: String, line: Int? = nil) {
        self.description = description
        self.line = line
    }

    init(stringLiteral value: String) {
        self.init(value)
    }

    /// The same with a key behind it.
    func naming(_ key: String) -> SettingsPlace {
        SettingsPlace("\(description): \(key)", line: line)
    }
}

/// What is wrong with a setting, in a sentence that begins with its place and knows its line.
struct SettingsProblem: ExpressibleByStringInterpolation {
    private(set) var sentence: String
    /// Of the first place that the sentence names; nil where that is not in the file.
    let line: Int?

    init(stringLiteral value: String) {
        (sentence, line) = (value, nil)
    }

    init(stringInterpolation parts: Parts) {
        (sentence, line) = (parts.text, parts.place?.line)
    }

    struct Parts: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var place: SettingsPlace?

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        mutating func appendInterpolation(_ place: SettingsPlace) {
            self.place = self.place ?? place
            text += place.description
        }

        mutating func appendInterpolation<Value>(_ value: Value) {
            text += "\(value)"
        }
    }

    static func + (problem: SettingsProblem, rest: String) -> SettingsProblem {
        var problem = problem
        problem.sentence += rest
        return problem
    }
}
