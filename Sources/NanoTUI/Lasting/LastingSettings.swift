/// How an operator has set up the console, for later ones.
public struct LastingSettings: Equatable, Sendable {
    /// The name of a theme; nil for the console's own.
    public var theme: String?
    /// The order of the devices.
    var sort = DeviceSort()
    /// The columns that are hidden, by view and name.
    var hiddenColumns: [ViewKind: Set<String>] = [:]
    /// Which panes there are, and how they share the room.
    var layout = Layout()
    /// Whether the mouse does something in the console.
    public var isMouseOn = false

    public init() {}
}
