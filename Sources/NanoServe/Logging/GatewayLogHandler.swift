public import Logging
import NanoCore

/// Turns swift-log's events into lines of a ``LogOutput``.
public struct GatewayLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level
    private let label: String
    private let output: LogOutput

    init(label: String, output: LogOutput, level: Logger.Level) {
        self.label = label
        self.output = output
        logLevel = level
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let own = event.metadata { fields.merge(own) { $1 } }
        if let error = event.error { fields["error"] = "\(error)" }
        output.record(
            LogEntry(
                unixMilliseconds: Moment.now.unixMilliseconds, level: event.level.rawValue,
                label: label, text: "\(event.message)",
                fields: fields.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }))
    }
}
