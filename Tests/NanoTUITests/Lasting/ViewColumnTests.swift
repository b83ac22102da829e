import NanoCore
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
        model.press(.control("r"))
        #expect(!head(&model).contains("last seen"))
        model.press(.control("r"))
        #expect(model.hiddenColumns(of: .devices).isEmpty)
    }

    @Test func `devices are sorted by the names that stand above their columns`() {
        let names = DevicesView.columns.dropFirst().map(\.name)
        #expect(DeviceSort.Column.allCases.map(\.name) == names)
        var model = ConsoleModel.sample
        model.press(.character("2"))
        for column in DevicesView.columns.dropFirst() {
            model.type(":sort \(column.name)")
            model.press(.enter)
            #expect(model.deviceSort.column.name == column.name)
        }
        model.type(":columns hide clock")
        model.press(.enter)
        #expect(!head(&model).contains("clock s"))
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
        #expect(model.notice?.text == "all columns are shown already")
        model.press(.character("4"), .character("c"))
        model.type(":columns all")
        model.press(.enter)
        #expect(model.notice?.text.contains("columns all works in overview, devices") == true)
    }

    @Test func `columns of the overview's models and of the alarms are hidden by their names`() {
        var model = ConsoleModel.sample
        model.type(":columns hide state")
        model.press(.enter)
        let overview = model.picture(80, 24)
        // There is room then for what had none before.
        #expect(!overview.contains("refusing") && overview.contains(" dev "), "\(overview)")
        model.press(.character("7"))
        for name in ["seen-by", "lasts"] {
            model.type(":columns hide \(name)")
            model.press(.enter)
        }
        let alarms = model.picture(80, 24)
        #expect(!alarms.contains("seen by") && !alarms.contains("lasts"), "\(alarms)")
        #expect(alarms.contains("warning") && alarms.contains("influx fails"))
        model.type(":columns hide alarm")
        model.press(.enter)
        #expect(model.notice?.text.hasPrefix("no column is called alarm") == true)
    }

    @Test(arguments: [80, 100, 120, 200])
    func `a model that refuses never stands there with zeros alone`(width: Int) {
        var model = ConsoleModel(themeName: "dusk")
        for second in 1...30 {
            var snapshot = SampleGateway.snapshot(second: second)
            let reason = Int(RefusalReason.timestampDrift.rawValue)
            snapshot.models[1].refusedByReason[reason] = UInt64(second) * 7
            model.receive(snapshot)
        }
        let row = model.picture(width, 24).split(separator: "\n").first { $0.contains("STM32") }
        #expect(row?.contains("refusing") == true && row?.contains(" 7.0 ") == true)
        for (accepted, word) in [(UInt64(0), "refusing"), (6, "fine")] {
            // Less than one a second.
            var entry = ModelSnapshot(id: .stm32Gas)
            var history = History()
            for second in 1...31 {
                var snapshot = SampleGateway.snapshot(second: second)
                entry.accepted = accepted * UInt64(second)
                entry.refusedByReason[Int(RefusalReason.replay.rawValue)] = UInt64(second / 3)
                snapshot.models = [entry]
                history.note(snapshot)
            }
            #expect(ModelState(of: entry, history).word == word)
        }
    }
}
