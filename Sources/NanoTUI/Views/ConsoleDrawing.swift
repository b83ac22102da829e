import NanoCore

extension ConsoleModel {
    /// Draws the whole console.
    public mutating func draw(into screen: inout Screen) {
        let (header, below) = screen.bounds.split(top: 1)
        let (views, footer) = below.split(bottom: 1)
        let (body, scrubber) = views.split(bottom: rewound == nil ? 0 : 1)
        pageRows = max(1, body.height - 2)
        isSmall = screen.width < 60 || screen.height < 16
        HeaderView.draw(self, in: header, on: &screen)
        if isSmall {
            SummaryView.draw(self, in: body, on: &screen)
        } else {
            drawView(in: body, on: &screen)
        }
        ScrubberView.draw(self, in: scrubber, on: &screen)
        let line = typedLine
        FooterView.draw(self, typing: line, in: footer, on: &screen)
        drawOverlay(typing: line, in: body, on: &screen)
        hotspots = screen.hotspots
    }

    /// Notes which rows of the view are drawn where, one below the other.
    ///
    /// - Parameter rect: Begins at the first of them.
    func markRows(_ rows: some Sequence<Int>, in rect: Rect, on screen: inout Screen) {
        for (place, index) in rows.enumerated() where rowIDs.indices.contains(index) {
            guard place < rect.height else { return }
            screen.mark(.row(rowIDs[index]), x: rect.x, y: rect.y + place, width: rect.width)
        }
    }

    private mutating func drawOverlay(
        typing line: TypedLine?, in rect: Rect, on screen: inout Screen
    ) {
        switch overlay {
        case .none: break
        case .sheet(let sheet):
            sheetScroll = SheetView.draw(
                sheet, of: self, scroll: sheetScroll, in: rect, on: &screen)
        case .confirmation(let confirmation):
            OverlayView.draw(confirmation, in: rect, on: &screen)
        case .filter, .prompt, .command:
            if let line { LineView.drawAbove(line, in: rect, on: &screen) }
        case .dump(let records, let format):
            OverlayView.drawChoice(
                "Dump \(Numbers.counted(UInt64(records.count), "packet")) as",
                DumpFormat.allCases.map { (nil, $0.rawValue, $0 == format) }, in: rect, on: &screen)
        case .copy(let records, let form):
            OverlayView.drawChoice(
                "Copy \(Numbers.counted(UInt64(records.count), "packet")) as",
                CopyForm.ofPackets.map { ($0.letter, $0.title, $0 == form) }, in: rect,
                on: &screen)
        }
    }

    private mutating func drawView(in rect: Rect, on screen: inout Screen) {
        if let opened {
            detail.bytesInRow = DetailLayout.bytesInRow(
                width: rect.width, split: lasting.layout.split)
            PacketView.draw(opened, in: self, rect: rect, on: &screen)
            return
        }
        switch view {
        case .overview: drawOverview(in: rect, on: &screen)
        case .devices: DevicesView.draw(self, in: rect, on: &screen)
        case .packets: RecordsView.drawPackets(self, in: rect, on: &screen)
        case .rejections: RecordsView.drawRejections(self, in: rect, on: &screen)
        case .routes: RoutesView.draw(self, in: rect, on: &screen)
        case .secrets: SecretsView.draw(self, in: rect, on: &screen)
        case .alarms: AlarmsAuditView.draw(self, in: rect, on: &screen)
        case .log: LogView.draw(self, in: rect, on: &screen)
        case .deadLetters: DeadLettersView.draw(self, in: rect, on: &screen)
        case .device: DeviceDetailView.draw(self, in: rect, on: &screen)
        case .registry: RegistryView.draw(self, in: rect, on: &screen)
        case .offenders: OffendersView.draw(self, in: rect, on: &screen)
        case .refusalGroups: RefusalGroupsView.draw(self, in: rect, on: &screen)
        }
    }

    /// A terminal multiplexer's status line leaves 23 of a terminal's 24 rows.
    private mutating func drawOverview(in rect: Rect, on screen: inout Screen) {
        if screen.width < 80 || screen.height < 23 {
            SummaryView.draw(self, in: rect, on: &screen)
            hasRoomForNewest = false
        } else {
            hasRoomForNewest = OverviewView.draw(self, in: rect, on: &screen)
        }
    }

    /// Draws the rows of a list that there is room for, with the cursor among them.
    func drawList(
        _ table: Table, count: Int, in rect: Rect, on screen: inout Screen,
        row: (Int) -> [Table.Entry]
    ) {
        var table = table
        table.hidden = hiddenColumns(of: view)
        let index = cursor
        let window = list(view).window(count: count, index: index, rows: rect.height - 1)
        let selected = index.flatMap { window.contains($0) ? $0 - window.lowerBound : nil }
        table.draw(
            window.map(row), selected: selected, marked: marked(window), in: rect, on: &screen)
        markRows(window, in: rect.split(top: 1).rest, on: &screen)
    }

    /// Which of some rows are marked, counted from the first of them.
    func marked(_ window: Range<Int>) -> Set<Int> {
        guard marks.count(in: view) > 0 else { return [] }
        return Set(
            window.filter { rowIDs.indices.contains($0) && marks.isMarked(rowIDs[$0], in: view) }
                .map { $0 - window.lowerBound })
    }

    /// What a list says when there is nothing in it.
    func drawEmpty(_ sentence: String, in rect: Rect, on screen: inout Screen) {
        guard !isWaitingForRows else { return }
        let filter = filter(view)
        let text =
            filter.isEmpty
            ? sentence
            : "Nothing matches \(filter.source). Esc \(trail.isEmpty ? "clears the filter" : "goes back")."
        screen.put(
            TextWidth.fitted(SafeText.escaped(text), to: max(0, rect.width - 4)), x: rect.x + 2,
            y: rect.y + 1, style: .dim)
    }

    /// The title of a list with its filter.
    ///
    /// - Parameters:
    ///   - total: Rows that are kept.
    ///   - ever: How many there have been, where the oldest make room for others.
    func listTitle(_ title: String, shown: Int, of total: Int, ever: UInt64 = 0) -> String {
        let filter = filter(view)
        let count = marks.count(in: view)
        let left = marks.countOfLeft(in: view)
        let marked =
            (count > 0 ? " · ◆ \(count) marked" : "")
            + (left > 0 ? " · \(left) marked not listed any more" : "")
        // None have come yet, which is not that there are none.
        if shown == 0, isWaitingForRows { return "\(title)\(marked) · loading" }
        let kept = Numbers.grouped(UInt64(total))
        guard !filter.isEmpty else {
            let isAll = ever <= UInt64(total)
            return "\(title) · " + (isAll ? kept : "newest \(kept) of \(Numbers.grouped(ever))")
                + marked
        }
        return
            "\(title)\(marked) · \(Numbers.grouped(UInt64(shown))) match "
            + SafeText.escaped(filter.source)
    }
}
