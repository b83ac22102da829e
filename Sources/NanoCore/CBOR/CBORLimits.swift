/// What a payload may hold at most (`docs/protocol.md`, "Payload limits").
///
/// The limits of an item with an indefinite length are those of its total.
public enum CBORLimits {
    /// Unicode scalars in a text string, keys included.
    public static let textScalars = 256
    /// Bytes in a byte string.
    public static let byteStringBytes = 256
    /// Items in an array.
    public static let arrayItems = 64
    /// Pairs in a map.
    public static let mapPairs = 20
    /// Containers inside one another, the map at the top included.
    public static let nesting = 8
}
