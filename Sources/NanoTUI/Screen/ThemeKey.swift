/// A key of a theme file, `theme[main_fg]`.
struct ThemeKey: Sendable {
    /// What holds where a file has no such key.
    enum Fallback: Equatable, Sendable {
        /// The file cannot be used.
        case none
        /// Another key's colour.
        case key(String)
        /// A curve goes straight from its lowest colour to its highest.
        case straight
    }

    let name: String
    let fallback: Fallback

    private init(_ name: String, _ fallback: Fallback = .none) {
        self.name = name
        self.fallback = fallback
    }

    /// Every key that has a meaning here, each behind the one that it falls back to.
    static let all = [
        ThemeKey("main_bg"), ThemeKey("main_fg"), ThemeKey("title"), ThemeKey("hi_fg"),
        ThemeKey("selected_bg"), ThemeKey("selected_fg"), ThemeKey("inactive_fg"),
        ThemeKey("div_line"), ThemeKey("cpu_start"), ThemeKey("cpu_mid"), ThemeKey("cpu_end"),
        ThemeKey("download_start", .key("cpu_start")), ThemeKey("download_mid", .straight),
        ThemeKey("download_end", .key("download_start")),
        ThemeKey("upload_start", .key("cpu_mid")), ThemeKey("upload_mid", .straight),
        ThemeKey("upload_end", .key("upload_start")),
        ThemeKey("accent", .key("hi_fg")), ThemeKey("good", .key("cpu_start")),
        ThemeKey("idle", .key("inactive_fg")), ThemeKey("paused", .key("cpu_mid")),
        ThemeKey("warning", .key("cpu_mid")), ThemeKey("bad", .key("cpu_end")),
        ThemeKey("blocked", .key("cpu_end")), ThemeKey("seen", .key("hi_fg")),
        ThemeKey("silent", .key("inactive_fg")),
    ]
}

extension Role {
    /// The key of its colour; of a curve, that of its lowest part.
    var themeKey: String {
        switch self {
        case .text: "main_fg"
        case .dim: "inactive_fg"
        case .title: "title"
        case .accent: "accent"
        case .selected: "selected_fg"
        case .key: "hi_fg"
        case .border: "div_line"
        case .good, .idle, .paused, .warning, .bad, .blocked, .seen, .silent: "\(self)"
        case .graphLow: "download_start"
        case .graphMiddle: "upload_start"
        }
    }

    /// The keys of the middle and the highest part of a curve; nil for what is none.
    var curveKeys: (middle: String, high: String)? {
        switch self {
        case .graphLow: ("download_mid", "download_end")
        case .graphMiddle: ("upload_mid", "upload_end")
        default: nil
        }
    }
}
