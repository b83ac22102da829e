public import NanoCore

/// A secret of the environment that a start has taken over; never the secret itself.
public struct ImportedSecret: Sendable {
    struct Generation: Sendable {
        let number: Int
        let fingerprint: String

        init(_ generation: SecretGeneration) {
            (number, fingerprint) = (generation.number, generation.fingerprint)
        }

        var words: String { "generation \(number), \(fingerprint)" }
    }

    public let model: ModelID
    /// Where it was found.
    let variable: String
    /// Whose place it took; nil for none.
    let former: Generation?
    let present: Generation

    /// What has become of the secrets.
    public var sentence: String {
        let place =
            former.map {
                "takes the place of the one that was imported before (\($0.words)), and frames under "
                    + "that are refused"
            } ?? "is the first one"
        return "\(model): the secret in \(variable) (\(present.words)) \(place)"
    }
}
