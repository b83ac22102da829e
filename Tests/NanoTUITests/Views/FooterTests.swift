import Testing

@testable import NanoTUI

@Suite struct FooterTests {
    @Test(arguments: ViewKind.allCases, [60, 80, 120])
    func `the keys that matter are there with their words`(view: ViewKind, width: Int) {
        var model = ConsoleModel.sample
        model.press(.character(Character("\(view.rawValue)")))
        let line = model.picture(width, 24).split(separator: "\n").last ?? ""
        var hints = ["? help", "q quit"]
        let works = KeyMap.bindings(in: view).map(\.action)
        if works.contains(.open) { hints.append("Enter open") }
        if works.contains(.filter) { hints.append("/ filter") }
        for hint in hints { #expect(line.contains(hint), "\(line)") }
    }

    @Test func `where there are no views no key for one is offered or works`() {
        var model = ConsoleModel.sample
        let line = model.picture(50, 14).split(separator: "\n").last ?? ""
        #expect(line.contains("q quit") && !line.contains("Enter") && !line.contains("1"))
        model.press(.character("4"), .enter)
        #expect(model.view == .overview)
    }
}
