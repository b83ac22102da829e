/// Which Nanogridata this is.
public enum Release {
    /// Semantic version of this source, as `--version`, `/stats` and the console show it.
    public static let version = "0.1.0"
}
