import NanoCore

extension ViewKind {
    /// The views that list rows in columns of which some may be hidden.
    static let withColumns: Set<ViewKind> = Set(allWithKeys.filter { !$0.columnNames.isEmpty })

    /// The columns that may be hidden, by their names: all but the one that tells what a row is.
    var columnNames: [String] {
        let names = columns.map(\.name).filter { !$0.isEmpty }
        let telling = self == .alarms ? AlarmsAuditView.telling : names.first
        return names.filter { $0 != telling }
    }

    /// The name of the column that may be hidden which is called so, now or by older versions.
    func columnName(of text: String) -> String? {
        columns.first { $0.isCalled(text) }.map(\.name).flatMap {
            columnNames.contains($0) ? $0 : nil
        }
    }

    private var columns: [Table.Column] {
        switch self {
        case .device, .refusalGroups: []
        // Its routes have the columns of their own view.
        case .overview: OverviewView.modelColumns
        case .alarms: AlarmsAuditView.columns
        case .devices: DevicesView.columns
        case .packets: RecordsView.packetColumns
        case .rejections: RecordsView.rejectionColumns
        case .routes: RoutesView.columns()
        case .secrets: SecretsView.columns
        case .log: LogView.columns
        case .deadLetters: DeadLettersView.columns
        case .registry: RegistryView.columns
        case .offenders: OffendersView.columns
        }
    }
}

extension ConsoleModel {
    /// The columns of a view that are not shown, however much room there is.
    func hiddenColumns(of view: ViewKind) -> Set<String> {
        lasting.hiddenColumns[view, default: []].intersection(view.columnNames)
    }

    mutating func setColumn(_ text: String, isHidden: Bool) {
        guard let name = view.columnName(of: text) else { return }
        let hidden = hiddenColumns(of: view)
        guard hidden.contains(name) != isHidden else {
            return say("the column \(name) is \(isHidden ? "hidden" : "shown") already")
        }
        lasting.hiddenColumns[view, default: []] =
            isHidden ? hidden.union([name]) : hidden.subtracting([name])
        let back = Invocation(
            action: isHidden ? .showColumn : .hideColumn, arguments: [name])
        lastChange = Change(back, in: view)
    }

    /// Shows all columns of the view again.
    mutating func showAllColumns() {
        guard !hiddenColumns(of: view).isEmpty else {
            return say("all columns are shown already")
        }
        setColumns([])
    }

    /// Hides these columns of the view, and shows all others.
    mutating func setColumns(_ hidden: Set<String>) {
        lastChange = Change(.columns(hiddenColumns(of: view)), in: view)
        lasting.hiddenColumns[view] = hidden
    }

    /// Opens the command line with the beginning of a command.
    mutating func beginCommand(_ text: String = "") {
        overlay = .command(LineEditor(text, history: commandHistory))
    }
}
