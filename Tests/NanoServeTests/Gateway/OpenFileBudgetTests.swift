import Testing

@testable import NanoServe

@Suite struct OpenFileBudgetTests {
    @Test func `with files for everybody nothing is said`() {
        let budget = OpenFileBudget(wanted: 10_000, others: 32, limit: 20_000)
        #expect(budget.connections == 10_000 && budget.notice == nil)
    }

    @Test func `where files are short, devices get what deliveries and monitoring leave`() throws {
        let budget = OpenFileBudget(wanted: 10_000, others: 32, limit: 1_024)
        #expect(budget.connections == 1_024 - 32 - 288)
        let notice = try #require(budget.notice)
        #expect(notice.contains("1024 open files") && notice.contains("704 device connections"))
    }

    @Test func `a quarter is for devices in any case`() {
        #expect(OpenFileBudget(wanted: 100, others: 32, limit: 64).connections == 16)
    }
}
