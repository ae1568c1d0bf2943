# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The routes of the pages that belong to no single app."""

from django.urls import path

from datacity.web.pages import own, site, style_guide, views

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("now/", views.now, name="now"),
    path("about/", views.prose, {"name": "about"}, name="about"),
    path("state/", views.prose, {"name": "state"}, name="state"),
    path("accessibility/", views.prose, {"name": "accessibility"}, name="accessibility"),
    path("personal-data/", views.prose, {"name": "privacy"}, name="privacy"),
    path("contact/", views.prose, {"name": "contact"}, name="contact"),
    path("take-part/", views.prose, {"name": "take_part"}, name="take_part"),
    path("decisions/", views.decisions, name="decisions"),
    path("city/", own.city, name="city"),
    path("display/", views.display, name="display"),
    path("site-map/", views.sitemap, name="sitemap"),
    path("style-guide/", style_guide.style_guide, name="style_guide"),
    path("style-guide/progress/", style_guide.progress, name="style_guide_progress"),
]

plain_urlpatterns = [
    path("theme.css", site.theme, name="theme"),
    path("logo", site.logo, name="logo"),
    path("districts.geojson", site.districts, name="districts"),
    path("sitemap.xml", site.sitemap_xml, name="sitemap_xml"),
]
