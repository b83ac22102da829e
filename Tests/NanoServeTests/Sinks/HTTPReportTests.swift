import Glibc
import NIOCore
import NIOSSL
import Testing

@testable import NanoServe

/// What is known of requests that got no answer.
@Suite struct HTTPReportTests {
    @Test func `a connection that ends over a request has reached the destination`() {
        #expect(HTTPReport.hasReached(NIOSSLError.uncleanShutdown))
        #expect(HTTPReport.hasReached(HTTPFault.timeout))
        #expect(HTTPReport.hasReached(HTTPFault.closed(wasKept: false)))
        #expect(HTTPReport.hasReached(IOError(errnoCode: ECONNRESET, reason: "read")))
    }

    @Test func `a certificate for other names is told in words`() {
        let report = HTTPReport(access: HTTPAccess(), timeoutMilliseconds: 1_000)
        let answer = report.failure(NIOSSLExtraError.failedToValidateHostname, of: DeliveryBatch())
        #expect(
            answer.error == "the destination's certificate does not have the host of the endpoint "
                + "among its names; use one that it has")
    }

    @Test func `one that was never made has not`() {
        #expect(!HTTPReport.hasReached(ChannelError.connectTimeout(.seconds(1))))
        #expect(!HTTPReport.hasReached(NIOSSLError.handshakeFailed(.noError)))
        #expect(!HTTPReport.hasReached(NIOSSLExtraError.failedToValidateHostname))
        #expect(!HTTPReport.hasReached(IOError(errnoCode: ECONNREFUSED, reason: "connect")))
    }
}
