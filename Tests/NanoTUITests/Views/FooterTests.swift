import Testing

@testable import NanoTUI

@Suite struct FooterTests {
    @Test(arguments: ViewKind.allCases, [60, 80, 120])
    func `the keys that matter are there with their words`(view: ViewKind, width: Int) {
        var model = ConsoleModel.sample
        model.press(.character(Character("\(view.rawValue)")))
        let line = model.picture(width, 24).split(separator: "\n").last ?? ""
        var hints = ["? help", "q quit"]
        let works = KeyMap.standard.bindings(in: view).map(\.action)
        if works.contains(.open) { hints.append("Enter open") }
        // Where there are few rows, other keys come first.
        if works.contains(.filter), view.isLong { hints.append("/ filter") }
        for hint in hints { #expect(line.contains(hint), "\(line)") }
    }

    @Test func `what the cursor is on decides which keys are told of`() {
        func line(_ model: ConsoleModel) -> Substring {
            var model = model
            return model.picture(90, 24).split(separator: "\n").last ?? ""
        }
        var model = ConsoleModel.sample
        model.press(.character("5"), .home)
        #expect(line(model).contains("p pause  l letters") && !line(model).contains("x skip"))
        model.press(.down)
        #expect(line(model).contains("p resume  x skip") && !line(model).contains("letters"))
        model.press(.home, .character("l"))
        #expect(line(model).contains("r redrive  R all  x drop  X all"))
        model.press(.character("1"))
        #expect(line(model).contains("p pause"))
        model.press(.end)
        #expect(line(model).contains("v read") && !line(model).contains("p pause"))
    }

    @Test(arguments: ViewKind.allCases, 60...130)
    func `no key's word is cut`(view: ViewKind, width: Int) {
        var model = ConsoleModel.sample
        model.press(.character(Character("\(view.rawValue)")))
        let line = model.picture(width, 24).split(separator: "\n").last ?? ""
        let words = Set(
            KeyMap.table.map(\.short) + ViewKind.allCases.flatMap { [$0.title, $0.short] }
                + KeyMap.table.map(\.hint.key) + ["resume", "packets"])
        for word in line.split(separator: " ") { #expect(words.contains(String(word)), "\(line)") }
    }

    @Test func `a mistake in the theme is named by file, line and key, and goes with Esc`() throws {
        let fault = #expect(throws: ThemeError.self) {
            try Theme(
                name: "x", text: "\ntheme[main_fg]=\"nope\"",
                file: "/home/somebody/with/a/long/name/.config/nanogridata/themes/x.theme")
        }
        var model = ConsoleModel.sample
        // What was said before is no reason to hide it for seconds.
        model.sayTheme()
        model.themeFault = fault
        let line = model.picture(80, 24).split(separator: "\n").last ?? ""
        #expect(line.contains("✗ x.theme:2: theme[main_fg]: \"nope\" is no colour"), "\(line)")
        model.press(.character("m"))
        #expect(model.picture(120, 40).contains("/home/somebody/with/a/long/name"))
        model.press(.escape, .escape)
        #expect(model.themeFault == nil)
    }

    @Test func `where there are no views no key for one is offered or works`() {
        var model = ConsoleModel.sample
        let line = model.picture(50, 14).split(separator: "\n").last ?? ""
        #expect(line.contains("q quit") && !line.contains("Enter") && !line.contains("1"))
        model.press(.character("4"), .enter)
        #expect(model.view == .overview)
    }
}
