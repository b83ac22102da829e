import Testing

@testable import NanoTUI

@Suite struct ViewColumnTests {
    private func head(_ model: inout ConsoleModel) -> String {
        let lines = model.picture(120, 30).split(separator: "\n")
        return lines.first { $0.contains("device") && $0.contains("model") }.map(String.init) ?? ""
    }

    @Test func `a column is hidden, shown again, and that is taken back`() {
        var model = ConsoleModel.sample
        model.press(.character("2"))
        #expect(head(&model).contains("last seen"))
        model.type(":columns hide last-seen")
        model.press(.enter)
        #expect(!head(&model).contains("last seen"))
        // Another view has its own.
        #expect(model.hiddenColumns(of: .registry).isEmpty)
        model.press(.control("r"))
        #expect(head(&model).contains("last seen"))
        model.press(.control("r"))
        #expect(!head(&model).contains("last seen"))
        model.type(":columns all")
        model.press(.enter)
        #expect(head(&model).contains("last seen"))
    }

    @Test func `the key begins the command, which is completed`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("C"))
        #expect(model.picture(100, 24).contains(":columns "))
        model.type("h")
        model.press(.tab)
        model.type("ad")
        model.press(.tab)
        #expect(model.picture(100, 24).contains(":columns hide address"))
        model.press(.enter)
        #expect(model.hiddenColumns(of: .devices) == ["address"])
        #expect(!head(&model).contains("address"))
    }

    @Test func `what tells a row from the others stays, and what is none is told`() {
        var model = ConsoleModel.sample
        model.press(.character("2"))
        model.type(":columns hide device")
        model.press(.enter)
        #expect(model.notice?.text.contains("no column is called device") == true)
        model.press(.escape, .escape, .character("1"))
        model.type(":columns all")
        model.press(.enter)
        #expect(model.notice?.text.contains("columns all works in devices") == true)
    }
}
