"""Which region an endpoint serves, as the documentation "Regions and endpoints" lists them."""

import pytest

from drift.live.endpoint import host_of_region, region_of_host

HOSTS = {
    "oss-cn-hangzhou.aliyuncs.com": "cn-hangzhou",
    "oss-cn-hangzhou-internal.aliyuncs.com": "cn-hangzhou",
    "cn-hangzhou.oss.aliyuncs.com": "cn-hangzhou",
    "oss-rg-china-mainland.aliyuncs.com": "rg-china-mainland",
    "oss-cn-north-2-gov-1-internal.aliyuncs.com": "cn-north-2-gov-1",
    "oss-cn-hzjbp-a-internal.aliyuncs.com": "cn-hangzhou-finance",
    "oss-cn-hzjbp-b-internal.aliyuncs.com": "cn-hangzhou-finance",
    "oss-cn-hzfinance.aliyuncs.com": "cn-hangzhou-finance",
    "oss-cn-hzfinance-internal.aliyuncs.com": "cn-hangzhou-finance",
    "cn-hangzhou-finance.oss.aliyuncs.com": "cn-hangzhou-finance",
    "oss-cn-shanghai-finance-1-internal.aliyuncs.com": "cn-shanghai-finance-1",
    "oss-cn-shanghai-finance-1-pub.aliyuncs.com": "cn-shanghai-finance-1",
    "oss-cn-shanghai-finance-1-pub-internal.aliyuncs.com": "cn-shanghai-finance-1",
    "cn-shanghai-finance.oss.aliyuncs.com": "cn-shanghai-finance-1",
    "oss-cn-shenzhen-finance-1-internal.aliyuncs.com": "cn-shenzhen-finance-1",
    "oss-cn-szfinance.aliyuncs.com": "cn-shenzhen-finance-1",
    "oss-cn-szfinance-internal.aliyuncs.com": "cn-shenzhen-finance-1",
    "cn-shenzhen-finance.oss.aliyuncs.com": "cn-shenzhen-finance-1",
    "oss-cn-beijing-finance-1-internal.aliyuncs.com": "cn-beijing-finance-1",
    "oss-cn-beijing-finance-1-pub.aliyuncs.com": "cn-beijing-finance-1",
    "oss-cn-beijing-finance-1-pub-internal.aliyuncs.com": "cn-beijing-finance-1",
    "oss-accelerate.aliyuncs.com": None,
    "oss-accelerate-overseas.aliyuncs.com": None,
}


@pytest.mark.parametrize(("host", "region"), HOSTS.items(), ids=HOSTS)
def test_each_documented_endpoint_is_of_its_region(host: str, region: str | None) -> None:
    assert region_of_host(host) == region


@pytest.mark.parametrize("region", sorted({region for region in HOSTS.values() if region}))
def test_the_public_endpoint_of_a_region_leads_back_to_it(region: str) -> None:
    assert region_of_host(host_of_region(region)) == region
