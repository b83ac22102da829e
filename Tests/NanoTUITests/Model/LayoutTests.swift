import NanoCore
import Testing

@testable import NanoTUI

@Suite struct LayoutTests {
    private func read(_ text: String) throws(LastingFault) -> LastingFile {
        try LastingFile(Array(text.utf8), file: "console.json")
    }

    private func enter(_ command: String, _ model: inout ConsoleModel) {
        model.press(.character(":"))
        model.type(command)
        model.press(.enter)
    }

    @Test func `a pane is hidden, its rows with it, shown again, and that is taken back`() {
        var model = ConsoleModel.sample
        enter("layout hide routes", &model)
        #expect(!model.picture(80, 24).contains("─ Routes"))
        #expect(model.rowIDs.count == 2 && model.selectedAlarm?.id == "route/influx")
        model.press(.control("r"))
        #expect(model.picture(80, 24).contains("─ Routes"))
        model.press(.control("r"))
        #expect(!model.picture(80, 24).contains("─ Routes"))
        enter("layout hide routes", &model)
        #expect(model.notice?.text == "the pane routes is hidden already")
        enter("layout show routes", &model)
        #expect(model.picture(80, 24).contains("─ Routes"))
    }

    @Test func `what others leave free is taken by the rest`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.models += (0..<20).map { ModelSnapshot(id: ModelID(rawValue: 0x50 + $0)) }
        model.receive(snapshot)
        func models(_ model: inout ConsoleModel) -> Int {
            model.picture(80, 24).split(separator: "\n").count { $0.contains(" 0x") }
        }
        let before = models(&model)
        for pane in ["ledger", "routes", "alarms"] { enter("layout hide \(pane)", &model) }
        #expect(models(&model) == 20 && before < 10)
    }

    @Test func `alarms are told where their pane is hidden`() {
        var model = ConsoleModel.sample
        #expect(!model.picture(80, 24).contains("▲ 2 alarms"))
        enter("layout hide alarms", &model)
        for size in [(80, 24), (79, 24)] {
            let picture = model.picture(size.0, size.1)
            #expect(picture.contains("▲ 2 alarms") && !picture.contains("influx fails"))
        }
        #expect(model.selectedAlarm == nil)
        model.press(.home, .character("p"))
        #expect(model.picture(80, 24).contains("Pause influx?"))
    }

    @Test func `one pane stays`() {
        var model = ConsoleModel.sample
        for pane in ["ledger", "models", "routes", "side"] { enter("layout hide \(pane)", &model) }
        enter("layout hide alarms", &model)
        #expect(model.notice?.text == "the last pane has to stay; show another one first")
        #expect(model.shows(.alarms))
        enter("layout reset", &model)
        #expect(model.lasting.layout == Layout())
        model.press(.control("r"))
        #expect(model.lasting.layout.hiddenPanes.count == 4)
        model.press(.control("r"))
        #expect(model.lasting.layout == Layout())
    }

    @Test func `the key begins the command, which is completed, and what is none is told`() {
        var model = ConsoleModel.sample
        model.press(.character("L"))
        #expect(model.picture(80, 24).contains(":layout "))
        model.type("h")
        model.press(.tab)
        model.type("le")
        model.press(.tab)
        #expect(model.picture(80, 24).contains(":layout hide ledger"))
        model.press(.enter)
        #expect(!model.shows(.ledger))
        enter("layout hide footer", &model)
        #expect(
            model.notice?.text
                == "no pane is called footer; there are ledger, models, routes, alarms, side, newest"
        )
        model.press(.escape, .escape)
        enter("layout split besides", &model)
        #expect(model.notice?.text == "no split is called besides; did you mean beside?")
    }

    @Test(arguments: [(200, 50), (120, 40), (80, 24), (60, 16)])
    func `a packet and its list are split as one wants, as far as there is room`(
        size: (Int, Int)
    ) {
        for split in PaneSplit.allCases {
            var model = ConsoleModel.sample
            model.lasting.layout.split = split
            model.press(.character("3"), .enter)
            let picture = model.picture(size.0, size.1)
            #expect(picture.contains("0000"), "\(split)\n\(picture)")
            let rows = picture.split(separator: "\n")
            let isBeside = rows.contains { $0.contains("Fields") && $0.contains("Packets") }
            let expected =
                switch split {
                case .auto: size.0 >= 108
                case .beside: size.0 >= 76
                case .below: false
                }
            #expect(isBeside == expected, "\(split) at \(size):\n\(picture)")
        }
    }

    @Test(arguments: [1...200]) func `panes keep within the view, and apart`(
        widths: ClosedRange<Int>
    ) {
        for split in PaneSplit.allCases {
            for width in widths {
                for height in [1, 3, 11, 12, 23, 24, 50] {
                    let rect = Rect(x: 0, y: 1, width: width, height: height)
                    let layout = DetailLayout(
                        in: rect, split: split, pane: .fields, fields: 20, bytes: 100)
                    let panes = [layout.records, layout.fields, layout.bytes].compactMap(\.self)
                    for pane in panes {
                        #expect(pane.x >= 0 && pane.x + pane.width <= width)
                        #expect(pane.y >= 1 && pane.y + pane.height <= 1 + height)
                    }
                    let cells = panes.reduce(0) { $0 + $1.width * $1.height }
                    #expect(cells <= width * height)
                    #expect(
                        layout.bytes.map {
                            $0.width
                                >= min(
                                    width, DetailLayout.width(bytesInRow: layout.bytesInRow))
                        } ?? true)
                }
            }
        }
    }

    @Test func `a device's packets are beside it or below, as one wants`() {
        for (split, size, isBeside) in [
            (PaneSplit.auto, (160, 32), true), (.auto, (159, 32), false),
            (.beside, (120, 22), true), (.beside, (119, 22), false), (.below, (200, 50), false),
        ] {
            var model = ConsoleModel.sampleWithDevice
            _ = model.openSampleDevice()
            model.lasting.layout.split = split
            let picture = model.picture(size.0, size.1)
            let first = picture.split(separator: "\n")[1]
            #expect(first.contains("Packets") == isBeside, "\(split) \(size)\n\(picture)")
        }
    }

    @Test func `the layout lasts, with what a later version has written`() throws {
        var mine = LastingSettings()
        mine.layout.hiddenPanes = [.routes, .side]
        mine.layout.split = .below
        mine.layout.curves = .block
        let later = try read(#"{"layout": {"floats": true, "hidden_panes": ["ledger"]}}"#)
        #expect(later.settings.layout.hiddenPanes == [.ledger])
        let bytes = try later.bytes(changing: later.settings, to: mine)
        #expect(try LastingFile(bytes, file: "x").settings.layout == mine.layout)
        let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        #expect(
            text
                == #"{"layout":{"curves":"block","floats":true,"hidden_panes":["routes","side"],"#
                + #""split":"below"}}"#)
    }

    @Test
    func `a value that is none is told with its line and what is allowed, and the others hold`()
        throws
    {
        let file = try read(
            """
            {"layout": {
              "hidden_panes": ["ledger", "moon"],
              "split": "below"
            }}
            """)
        #expect(file.settings.layout == Layout(hiddenPanes: [], split: .below))
        #expect(
            file.faults == [
                "console.json:2: \"hidden_panes\" is a list of ledger, models, routes, alarms, side, "
                    + "newest, without one at least of the first four; it is passed over"
            ])
        let all = try read(
            #"{"layout": {"hidden_panes": ["ledger", "models", "routes", "alarms"], "curves": 3}}"#)
        #expect(all.settings.layout == Layout() && all.faults.count == 2)
        #expect(
            all.faults.last
                == "console.json:1: \"curves\" is one of braille, block, ascii; it is passed over")
        let none = try read(#"{"layout": [1]}"#)
        #expect(none.faults.first?.contains("\"layout\" has hidden_panes") == true)
    }
}
