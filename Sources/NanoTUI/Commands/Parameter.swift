import NanoCore

/// What stands behind the name of a command.
struct Parameter: Equatable, Sendable {
    /// As it is called where something is missing.
    enum Kind: String, Sendable {
        case route = "ROUTE"
        case model = "MODEL"
        case generation = "GENERATION"
        case device = "DEVICE"
        case address = "ADDRESS"
        /// By its id.
        case alarm = "ALARM"
        case letter = "NUMBER"
        case span = "TIME"
        case theme = "THEME"
        case column = "COLUMN"
        /// A column of the view that may be hidden.
        case viewColumn = "NAME"
        /// Of the overview.
        case pane = "PANE"
        case split = "SPLIT"
        case curves = "CURVES"
        case order = "ORDER"
        case format = "FORMAT"
        case copyForm = "FORM"
        /// One that is to be made.
        case file = "FILE"
        /// The rest of the line as it stands.
        case filter = "FILTER"

        /// What stands in usage lines: all that there is to choose from, where that is always the same.
        var usage: String {
            switch self {
            case .split: PaneSplit.names.joined(separator: "|")
            case .curves: StackedGraph.Form.names.joined(separator: "|")
            case .order: "ascending|descending"
            case .format: DumpFormat.allCases.map(\.rawValue).joined(separator: "|")
            case .copyForm: CopyForm.allCases.map(\.rawValue).joined(separator: "|")
            default: rawValue
            }
        }
    }

    var kind: Kind
    var isOptional: Bool

    init(_ kind: Kind, isOptional: Bool = false) {
        self.kind = kind
        self.isOptional = isOptional
    }
}

/// What the command line knows of a gateway and its console.
struct CommandContext: Sendable {
    /// The commands that there are, in the order of the help.
    var bindings: [KeyMap.Binding]
    var view: ViewKind
    var routes: [RouteSnapshot] = []
    var models: [ModelSnapshot] = []
    var secrets: [SecretSnapshot] = []
    var devices: [DeviceSnapshot] = []
    var offenders: [OffenderSnapshot] = []
    var alarms: [AlarmSnapshot] = []
    var themes: [String] = []
    /// Columns of the view that are hidden.
    var hiddenColumns: Set<String> = []
    /// Panes of the overview that are hidden.
    var hiddenPanes: Set<OverviewPane> = []
    /// Whether there is no cursor that a command could be about.
    var isScript = false
}

extension Parameter.Kind {
    /// What may stand there.
    ///
    /// - Parameter before: The arguments in front of it.
    func candidates(in context: CommandContext, behind before: [String]) -> [Completion.Candidate] {
        let model = before.first.flatMap { ModelID($0) }
        return switch self {
        case .route: context.routes.map { .init($0.name, $0.state.rawValue) }
        case .model:
            context.models.map {
                .init("\($0.id)", $0.name)
            }
        case .generation:
            context.secrets.filter { $0.model == model }.map {
                .init("\($0.generation)", $0.state.rawValue)
            }
        case .device:
            context.devices.filter { $0.model == model && $0.isNamed }.map {
                .init(CommandText.quoted($0.id), $0.address)
            }
        case .address: context.offenders.map { .init($0.source, $0.state.rawValue) }
        case .alarm: context.alarms.map { .init(CommandText.quoted($0.id), $0.title) }
        case .theme: context.themes.map { .init($0) }
        case .column: DeviceSort.Column.allCases.map { .init($0.name) }
        case .viewColumn:
            context.view.columnNames.map {
                .init($0, context.hiddenColumns.contains($0) ? "hidden" : "shown")
            }
        case .pane:
            OverviewPane.allCases.map {
                .init($0.rawValue, context.hiddenPanes.contains($0) ? "hidden" : "shown")
            }
        case .split: PaneSplit.names.map { .init($0) }
        case .curves: StackedGraph.Form.names.map { .init($0) }
        case .order: [.init("ascending"), .init("descending")]
        case .format: DumpFormat.allCases.map { .init($0.rawValue) }
        case .copyForm: CopyForm.allCases.map { .init($0.rawValue) }
        case .letter, .span, .file, .filter: []
        }
    }

    /// What is looked for, for people.
    var words: String {
        switch self {
        case .route: "the name of a route"
        case .model: "a model, as two hexadecimal digits: 0x10"
        case .generation: "the number of a generation"
        case .device: "a device_id; in quotation marks where it has blanks"
        case .address: "an address or a network: 10.0.4.17, 2001:db8::/64"
        case .alarm: "the id of an alarm"
        case .letter: "the number of a dead letter"
        case .span: "1m…365d, with s, m, h or d behind the number: 24h, 7d"
        case .theme: "the name of a theme"
        case .column: "a column of the devices"
        case .viewColumn: "a column of this view"
        case .pane: "a pane of the overview"
        case .split: PaneSplit.names.joined(separator: ", ")
        case .curves: StackedGraph.Form.names.joined(separator: ", ")
        case .order: "ascending or descending"
        case .format: DumpFormat.allCases.map(\.rawValue).joined(separator: ", ")
        case .copyForm: CopyForm.allCases.map(\.rawValue).joined(separator: ", ")
        case .file:
            "the name of a file that is not there yet; in quotation marks where it has blanks"
        case .filter: "words, and key:value pairs"
        }
    }

    /// What is wrong with an argument, in a sentence; nil when nothing is.
    func fault(of text: String, in context: CommandContext, behind before: [String]) -> String? {
        let shown = SafeText.shortened(text, to: 40)
        switch self {
        case .route: return unknown(text, "route", in: context, behind: before)
        case .alarm:
            let names = context.alarms.map(\.id)
            return names.contains(text) ? nil : CommandFault.unknown(text, "alarm", among: names)
        case .theme: return unknown(text, "theme", in: context, behind: before)
        case .column:
            return DeviceSort.Column(name: text) == nil
                ? unknown(text, "column", in: context, behind: before) : nil
        case .viewColumn:
            return context.view.columnName(of: text) == nil
                ? unknown(text, "column", in: context, behind: before) : nil
        case .pane: return unknown(text, "pane", in: context, behind: before)
        case .split: return unknown(text, "split", in: context, behind: before)
        case .curves: return unknown(text, "form of curves", in: context, behind: before)
        case .order: return unknown(text, "order", in: context, behind: before)
        case .format: return unknown(text, "format", in: context, behind: before)
        case .copyForm: return unknown(text, "form", in: context, behind: before)
        case .model: return ModelID(text) == nil ? "\(shown) is no model; say \(words)" : nil
        case .generation:
            guard let number = Int(text), number > 0 else {
                return "\(shown) is no generation; say \(words)"
            }
            let known = candidates(in: context, behind: before).map(\.text)
            return known.contains("\(number)") || known.isEmpty
                ? nil
                : "\(before.first ?? "") has no generation \(number); it has "
                    + (known.count == 1 ? "only " : "") + PlainWords.list(known.reversed())
        case .letter: return Int64(text) == nil ? "\(shown) is no number of a dead letter" : nil
        case .span:
            guard let span = TimeSpan(text), (60...365 * 86_400).contains(span.seconds) else {
                return "\(shown) is no time; say \(words)"
            }
            return nil
        case .filter: return context.view.filter(text).faults.first?.words
        case .device, .file: return text.isEmpty ? "say \(words)" : nil
        case .address:
            // What is blocked may be called as the list has it.
            if context.offenders.contains(where: { $0.source == text }) { return nil }
            return IPNetwork.fault(of: text).map { "\(shown): \($0)" }
        }
    }

    private func unknown(
        _ text: String, _ noun: String, in context: CommandContext, behind before: [String]
    ) -> String? {
        let names = candidates(in: context, behind: before).map(\.text)
        guard !names.contains(text) else { return nil }
        return CommandFault.unknown(text, noun, among: names)
    }
}
